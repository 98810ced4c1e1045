package org.ringfence.cli.own.rules;

import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.ringfence.cli.own.rules.ClassFiles.Method;
import org.ringfence.cli.own.rules.RoutineRules.Strictness;

/** Judges the code of one method. */
final class Code {
    /** What code that is no routine's must not do either. */
    private static final Set<Rule> OF_MACHINERY = EnumSet.of(
            Rule.THREADS, Rule.TIME, Rule.RANDOMNESS, Rule.OUTSIDE, Rule.ENDLESS, Rule.MISSING);

    /** What code that runs once must not do. */
    private static final Set<Rule> OF_INITIALISERS = EnumSet.of(
            Rule.THREADS, Rule.TIME, Rule.RANDOMNESS, Rule.OUTSIDE, Rule.ENDLESS, Rule.MISSING, Rule.IDENTITY);

    private final ClassFiles classes;
    private final Method method;
    private final ClassModel type;
    private final Strictness strictness;
    private final String from;
    private final Consumer<Violation> told;
    private final Used used;
    private int line;

    /** Is told what a method uses. */
    interface Used {
        /** A method is called, or made into a lambda; of this class {@code exactly}, and of none that extends it. */
        void called(String owner, String name, String descriptor, boolean exactly);

        /** A class is initialised. */
        void initialised(String type);
    }

    Code(
            ClassFiles classes,
            Method method,
            Strictness strictness,
            String from,
            Consumer<Violation> told,
            Used used) {
        this.classes = classes;
        this.method = method;
        this.type = Objects.requireNonNull(classes.find(method.type()));
        this.strictness = strictness;
        this.from = from;
        this.told = told;
        this.used = used;
    }

    void judge() {
        MethodModel model = method.model();
        CodeModel code = model.code().orElse(null);
        line = code == null ? 0 : firstLine(code);
        if (model.flags().has(AccessFlag.NATIVE)) {
            tell(Rule.OUTSIDE, "is native code");
        }
        if (model.flags().has(AccessFlag.SYNCHRONIZED)) {
            tell(Rule.THREADS, "uses threads (synchronized)");
        }
        MethodTypeDesc signature = model.methodTypeSymbol();
        signature.parameterList().forEach(this::type);
        type(signature.returnType());
        if (code == null || method.name().equals("$deserializeLambda$")) {
            return;
        }
        for (CodeElement element : code) {
            element(element);
        }
        for (CaughtErrors.Handler handler : CaughtErrors.in(code)) {
            line = handler.line();
            tell(Rule.CATCHES_ERROR, "catches " + handler.type());
        }
    }

    private void element(CodeElement element) {
        switch (element) {
            case LineNumber number -> line = number.line();
            case InvokeInstruction call -> {
                boolean exactly = call.opcode() == Opcode.INVOKESPECIAL || call.opcode() == Opcode.INVOKESTATIC;
                call(
                        call.owner().asInternalName(),
                        call.name().stringValue(),
                        call.type().stringValue(),
                        exactly,
                        call.opcode() == Opcode.INVOKESTATIC);
                type(call.typeSymbol().returnType());
            }
            case InvokeDynamicInstruction dynamic -> {
                for (ConstantDesc argument : dynamic.bootstrapArgs()) {
                    if (argument instanceof DirectMethodHandleDesc handle && isCode(handle)) {
                        call(internal(handle.owner()), handle.methodName(), handle.lookupDescriptor(), false, true);
                    }
                }
            }
            case FieldInstruction field -> field(field);
            case NewObjectInstruction made -> {
                type(made.className().asSymbol());
                used.initialised(made.className().asInternalName());
            }
            case TypeCheckInstruction check -> type(check.type().asSymbol());
            case ConstantInstruction.LoadConstantInstruction constant when constant
                    .constantValue() instanceof ClassDesc literal ->
                type(literal);
            case MonitorInstruction lock -> {
                if (lock.opcode() == Opcode.MONITORENTER) {
                    tell(Rule.THREADS, "uses threads (synchronized)");
                }
            }
            default -> {}
        }
    }

    /** Whether a handle is of a method, and not of the getters by which records print themselves. */
    private static boolean isCode(DirectMethodHandleDesc handle) {
        return switch (handle.kind()) {
            case STATIC, INTERFACE_STATIC, VIRTUAL, INTERFACE_VIRTUAL, SPECIAL, INTERFACE_SPECIAL, CONSTRUCTOR -> true;
            case GETTER, SETTER, STATIC_GETTER, STATIC_SETTER -> false;
        };
    }

    private void call(String owner, String name, String descriptor, boolean exactly, boolean initialises) {
        if (owner.startsWith("[")) {
            return;
        }
        if (classes.isOwn(owner)) {
            if (name.equals("hashCode") && descriptor.equals("()I") && !owner.equals(method.type())) {
                tell(Rule.IDENTITY, "uses a hash code, which may be an identity (%s.hashCode)"
                        .formatted(simple(owner)));
            }
            if (initialises) {
                used.initialised(owner);
            }
        } else if (type(owner)) {
            Optional<ForbiddenCall.Verdict> verdict = ForbiddenCall.call(owner, name, descriptor);
            if (verdict.isPresent() && !isSuper(name, exactly)) {
                tell(verdict.get().rule(), verdict.get().what());
            }
        }
        used.called(owner, name, descriptor, exactly);
    }

    /** {@code super.hashCode()} in a hash code of one's own is judged where that is called. */
    private boolean isSuper(String name, boolean exactly) {
        return exactly && name.equals("hashCode") && method.name().equals("hashCode");
    }

    private void field(FieldInstruction access) {
        String owner = access.owner().asInternalName();
        String name = access.name().stringValue();
        boolean isStatic = access.opcode() == Opcode.GETSTATIC || access.opcode() == Opcode.PUTSTATIC;
        boolean writes = access.opcode() == Opcode.PUTSTATIC || access.opcode() == Opcode.PUTFIELD;
        if (isStatic) {
            used.initialised(owner);
        }
        boolean ownInitialiser = owner.equals(method.type())
                && (method.isInitialiser() || !isStatic && method.name().equals("<init>"));
        boolean shared = isStatic || classes.isEnum(owner);
        if (!shared || ownInitialiser) {
            return;
        }
        if (owner.equals("java/lang/System")) {
            tell(Rule.OUTSIDE, "does input or output (System.%s)".formatted(name));
            return;
        }
        Declared declared = declared(owner, name, access.typeSymbol());
        String called = "%s.%s".formatted(simple(owner), name);
        if (declared == null) {
            tell(Rule.MISSING, "uses the field %s, which is not there".formatted(called));
        } else if (writes) {
            tell(Rule.STATICS, "assigns the %sfield %s".formatted(isStatic ? "static " : "", called));
        } else if (strictness == Strictness.ROUTINE && !declared.synthetic && declared.mayChange(this)) {
            tell(Rule.STATICS, "reads the %sfield %s, which could change".formatted(isStatic ? "static " : "", called));
        }
    }

    private record Declared(boolean isFinal, boolean synthetic, ClassDesc type) {
        boolean mayChange(Code code) {
            return !isFinal || !new Shape(code.classes, code.told).isValue(type);
        }
    }

    private @Nullable Declared declared(String owner, String name, ClassDesc type) {
        List<String> open = new ArrayList<>(List.of(owner));
        while (!open.isEmpty()) {
            String at = open.removeFirst();
            FieldModel field = classes.field(at, name);
            if (field != null) {
                return new Declared(
                        field.flags().has(AccessFlag.FINAL), field.flags().has(AccessFlag.SYNTHETIC), type);
            }
            Class<?> other = classes.isOwn(at) ? null : classes.other(at);
            if (other != null) {
                try {
                    Field found = other.getDeclaredField(name);
                    return new Declared(Modifier.isFinal(found.getModifiers()), found.isSynthetic(), type);
                } catch (NoSuchFieldException further) {
                    // One above it may have the field.
                }
            }
            open.addAll(classes.directlyAbove(at));
        }
        return null;
    }

    // ---- types

    private void type(ClassDesc type) {
        ClassDesc component = type;
        while (component.isArray()) {
            component = component.componentType();
        }
        if (component.isClassOrInterface()) {
            type(internal(component));
        }
    }

    /** Whether nothing is wrong with the use of a class. */
    private boolean type(String name) {
        if (name.startsWith("[") || classes.isOwn(name)) {
            return true;
        }
        if (!classes.exists(name)) {
            tell(Rule.MISSING, "needs the class %s, which is not there".formatted(ForbiddenCall.dotted(name)));
            return false;
        }
        Optional<ForbiddenCall.Verdict> verdict = ForbiddenCall.type(name);
        if (verdict.isPresent()) {
            tell(verdict.get().rule(), verdict.get().what());
            return false;
        }
        return true;
    }

    static String internal(ClassDesc type) {
        String descriptor = type.descriptorString();
        return descriptor.startsWith("L") ? descriptor.substring(1, descriptor.length() - 1) : descriptor;
    }

    private static String simple(String name) {
        return ForbiddenCall.dotted(name.substring(name.lastIndexOf('/') + 1));
    }

    // ---- telling

    private void tell(Rule rule, String what) {
        boolean judged = switch (strictness) {
            case ROUTINE -> true;
            case MACHINERY -> OF_MACHINERY.contains(rule) || rule == Rule.STATICS && what.startsWith("assigns");
            case INITIALISER -> OF_INITIALISERS.contains(rule) || rule == Rule.STATICS && what.startsWith("assigns");
        };
        if (judged) {
            told.accept(new Violation(
                    rule,
                    type.thisClass().asInternalName().replace('/', '.'),
                    MethodNames.written(method.name()),
                    ClassFiles.source(type),
                    line,
                    what,
                    from));
        }
    }

    static int firstLine(ClassModel type) {
        return type.methods().stream()
                .flatMap(method -> method.code().stream())
                .mapToInt(Code::firstLine)
                .filter(line -> line > 0)
                .min()
                .orElse(0);
    }

    private static int firstLine(CodeModel code) {
        for (CodeElement element : code) {
            if (element instanceof LineNumber number) {
                return number.line();
            }
        }
        return 0;
    }
}
