package org.ringfence.cli.own.rules;

import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.reflect.AccessFlag;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ringfence.cli.own.rules.ClassFiles.Method;

/**
 * Holds class files to the {@linkplain Rule rules} for routines.
 *
 * <p>Judged are the routines, the classes declared inside them, and whatever of the judged classes they call, at any
 * remove: a call of a method that others override goes to each of them, and an object that is made may be used in every
 * way. Operations, parts and families are not the routine's code: they see the state. But they too must do the same in
 * the same state, so that threads, time, randomness and the world outside are forbidden to them, and a static field
 * that anyone assigns.
 */
public final class RoutineRules {
    static final String ROUTINE = "org/ringfence/machine/operation/Routine";

    /** What the machine and the checker call, and no routine. */
    private static final List<String> MACHINERY = List.of(
            "org/ringfence/machine/operation/Operation",
            "org/ringfence/machine/operation/Mover",
            "org/ringfence/machine/operation/Invariant",
            "org/ringfence/machine/operation/Law",
            "org/ringfence/machine/operation/Guard",
            "org/ringfence/machine/operation/Part",
            "org/ringfence/machine/operation/Step",
            "org/ringfence/machine/operation/Reporting",
            "org/ringfence/machine/memory/GuestMemory",
            "org/ringfence/checker/check/Platform",
            "org/ringfence/checker/check/Restraint",
            "org/ringfence/checker/check/Routines");

    private final ClassFiles classes;
    private final Map<List<Object>, Violation> violations = new LinkedHashMap<>();
    private final Map<String, String> visited = new LinkedHashMap<>();
    private final Deque<Visit> open = new ArrayDeque<>();

    /** How strictly code is judged. */
    enum Strictness {
        /** A routine's. */
        ROUTINE,
        /** That of operations and of all else that sees the state. */
        MACHINERY,
        /** What runs once, before a class is used. */
        INITIALISER
    }

    /** A method to be judged, and the routine that comes there. */
    private record Visit(Method method, String from, Strictness strictness) {}

    private RoutineRules(ClassFiles classes) {
        this.classes = classes;
    }

    /** What breaks a rule, in the order of the classes. */
    public static Collection<Violation> violations(ClassFiles classes) {
        return new RoutineRules(classes).judge();
    }

    private Collection<Violation> judge() {
        for (ClassModel type : classes.own()) {
            String name = type.thisClass().asInternalName();
            new Lambdas(classes, this::tell).judge(type);
            if (isMachinery(name) || isPartOfMachinery(name)) {
                all(name, name, Strictness.MACHINERY);
            } else {
                String routine = routineAround(name);
                if (routine != null) {
                    new Shape(classes, this::tell).judge(type);
                    all(name, routine, Strictness.ROUTINE);
                }
            }
        }
        while (!open.isEmpty()) {
            Visit visit = open.removeFirst();
            new Code(classes, visit.method, visit.strictness, simple(visit), this::tell, new Reaching(visit))
                    .judge();
        }
        return violations.values();
    }

    /** A rule is told of once a line: an increment reads what it assigns. */
    private void tell(Violation found) {
        violations.merge(
                List.of(found.rule(), found.type(), found.method(), found.line()),
                found,
                (first, later) -> later.what().startsWith("assigns") ? later : first);
    }

    /** The routine's name where the code is another class's. */
    private static String simple(Visit visit) {
        boolean within = visit.method.type().equals(visit.from) || visit.method.type().startsWith(visit.from + "$");
        return within || visit.strictness == Strictness.MACHINERY
                ? ""
                : ForbiddenCall.dotted(visit.from.substring(visit.from.lastIndexOf('/') + 1));
    }

    boolean isMachinery(String name) {
        return !classes.isA(name, ROUTINE) && MACHINERY.stream().anyMatch(one -> classes.isA(name, one));
    }

    /** Whether the class is declared in one that is machinery, and in no routine further in. */
    private boolean isPartOfMachinery(String name) {
        for (String around = name; around != null; around = around(around)) {
            if (classes.isA(around, ROUTINE)) {
                return false;
            }
            if (isMachinery(around)) {
                return around.equals(name);
            }
        }
        return false;
    }

    private @org.jspecify.annotations.Nullable String routineAround(String name) {
        for (String around = name; around != null; around = around(around)) {
            if (classes.isA(around, ROUTINE) && !classes.isInterface(around)) {
                return around;
            }
        }
        return null;
    }

    private @org.jspecify.annotations.Nullable String around(String name) {
        int dollar = name.lastIndexOf('$');
        return dollar > 0 && classes.isOwn(name.substring(0, dollar)) ? name.substring(0, dollar) : null;
    }

    private void all(String type, String from, Strictness strictness) {
        ClassModel model = java.util.Objects.requireNonNull(classes.find(type));
        for (MethodModel method : model.methods()) {
            visit(new Method(type, method), from, strictness);
        }
    }

    private void visit(Method method, String from, Strictness strictness) {
        Strictness now = method.isInitialiser() && strictness == Strictness.ROUTINE
                ? Strictness.INITIALISER
                : strictness;
        String key = "%s %s %s %s".formatted(
                now, method.type(), method.name(), method.model().methodType().stringValue());
        if (visited.putIfAbsent(key, from) == null) {
            open.add(new Visit(method, from, now));
        }
    }

    /** Goes on to what a method uses. */
    private final class Reaching implements Code.Used {
        private final Visit visit;

        Reaching(Visit visit) {
            this.visit = visit;
        }

        @Override
        public void called(String owner, String name, String descriptor, boolean exactly) {
            classes.method(owner, name, descriptor).ifPresent(this::reach);
            if (!exactly && classes.isOwn(owner)) {
                for (String below : classes.below(owner)) {
                    classes.declared(below, name, descriptor).ifPresent(this::reach);
                }
            }
            if (name.equals("<init>")) {
                made(owner);
            }
        }

        private void reach(Method method) {
            boolean initialiserOrPlain = !method.model().flags().has(AccessFlag.ABSTRACT);
            boolean machinery = visit.strictness != Strictness.MACHINERY && isMachinery(method.type())
                    && !method.name().equals("<init>") && !method.model().flags().has(AccessFlag.STATIC);
            if (initialiserOrPlain && !machinery) {
                visit(method, visit.from, visit.strictness);
            }
        }

        /** An object may be called back by whoever has it; operations are by the machine only. */
        private void made(String type) {
            if (!classes.isOwn(type) || isMachinery(type) || classes.isA(type, ROUTINE)) {
                return;
            }
            for (String name = type; classes.isOwn(name);) {
                ClassModel model = java.util.Objects.requireNonNull(classes.find(name));
                for (MethodModel method : model.methods()) {
                    boolean ofObject = Set.of("hashCode", "equals", "toString")
                            .contains(method.methodName().stringValue());
                    if (!ofObject && !method.flags().has(AccessFlag.STATIC)
                            && !method.methodName().equalsString("<init>")) {
                        reach(new Method(name, method));
                    }
                }
                name = model.superclass().map(above -> above.asInternalName()).orElse("java/lang/Object");
            }
        }

        @Override
        public void initialised(String type) {
            classes.declared(type, "<clinit>", "()V")
                    .ifPresent(method -> visit(method, visit.from, visit.strictness));
        }
    }
}
