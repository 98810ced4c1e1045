package org.ringfence.cli;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.classfile.instruction.StoreInstruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a class file tells about handlers and lambdas that ArchUnit's model does not.
 *
 * <p>try-with-resources and record patterns make the compiler write handlers for {@code Throwable} of its own. They differ from a written one in that the
 * caught value has no name in the table of local variables, yet is read again. A written handler has the name, or ({@code catch (Throwable _)}) never
 * reads the value. {@code finally} is a handler without a type.
 */
final class CaughtErrors {

    private static final Set<String> ERRORS = Set.of("java/lang/Throwable", "java/lang/Error");

    private CaughtErrors() {}

    /** A sentence for each {@code catch} of {@code Throwable} or {@code Error} that somebody wrote in this class. */
    static List<String> in(JavaClass type) {
        List<String> found = new ArrayList<>();
        for (MethodModel method : parse(type).methods()) {
            method.code().ifPresent(code -> {
                for (ExceptionCatch handler : code.exceptionHandlers()) {
                    boolean error = handler.catchType().map(t -> ERRORS.contains(t.asInternalName())).orElse(false);
                    if (error && written(code, handler)) {
                        found.add(
                                "%s.%s catches %s in (%s)".formatted(type.getName(), method.methodName().stringValue(),
                                        handler.catchType().orElseThrow().asInternalName().replace('/', '.'),
                                        place(type, code, handler.handler())));
                    }
                }
            });
        }
        return found;
    }

    /** A sentence for each lambda or method reference in this class that becomes an {@code interfaceName}. */
    static List<String> lambdasOf(String interfaceName, JavaClass type) {
        String descriptor = "L" + interfaceName.replace('.', '/') + ";";
        List<String> found = new ArrayList<>();
        for (MethodModel method : parse(type).methods()) {
            method.code().ifPresent(code -> {
                for (CodeElement element : code) {
                    if (element instanceof InvokeDynamicInstruction lambda
                            && lambda.typeSymbol().returnType().descriptorString().equals(descriptor)) {
                        found.add("%s.%s writes a %s as a lambda".formatted(type.getName(),
                                method.methodName().stringValue(), interfaceName));
                    }
                }
            });
        }
        return found;
    }

    private static boolean written(CodeModel code, ExceptionCatch handler) {
        List<CodeElement> elements = code.elementList();
        int at = indexOf(elements, handler.handler());
        while (!(elements.get(at) instanceof Instruction)) {
            at++;
        }
        if (!(elements.get(at) instanceof StoreInstruction caught)) {
            return true;
        }
        for (CodeElement element : elements.subList(at + 1, elements.size())) {
            switch (element) {
                case StoreInstruction store when store.slot() == caught.slot() -> {
                    return true;
                }
                case LoadInstruction load when load.slot() == caught.slot() -> {
                    return named(elements, at, caught.slot());
                }
                default -> {}
            }
        }
        return true;
    }

    private static boolean named(List<CodeElement> elements, int store, int slot) {
        for (CodeElement element : elements) {
            if (element instanceof LocalVariable variable && variable.slot() == slot) {
                int start = indexOf(elements, variable.startScope());
                if (start > store
                        && elements.subList(store + 1, start).stream().noneMatch(Instruction.class::isInstance)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static int indexOf(List<CodeElement> elements, Label label) {
        for (int i = 0; i < elements.size(); i++) {
            if (elements.get(i) instanceof LabelTarget target && target.label().equals(label)) {
                return i;
            }
        }
        throw new IllegalArgumentException("the method's code has no label " + label);
    }

    private static String place(JavaClass type, CodeModel code, Label label) {
        List<CodeElement> elements = code.elementList();
        for (CodeElement element : elements.subList(indexOf(elements, label), elements.size())) {
            if (element instanceof LineNumber number) {
                return type.getSimpleName() + ".java:" + number.line();
            }
        }
        return type.getSimpleName() + ".java";
    }

    private static ClassModel parse(JavaClass type) {
        Source source = type.getSource().orElseThrow(
                () -> new IllegalArgumentException(type.getName() + " was not read from a class file"));
        try (InputStream bytes = source.getUri().toURL().openStream()) {
            return ClassFile.of().parse(bytes.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("the class file of " + type.getName() + " cannot be read", e);
        }
    }
}
