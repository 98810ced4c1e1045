package org.ringfence.cli;

import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The rules that the compiler cannot hold: the order of the layers, and what a routine may touch.
 *
 * <p>The checker takes a routine for a function of the results it has seen. That holds only while a routine sees nothing but its CPU, those results and
 * its components, so each rule here closes one way to see more. A rule judges the routine's own class and the classes declared inside it; what a routine
 * calls elsewhere is judged only by the tests that run every history twice.
 */
final class Architecture {

    static final String ROUTINE = "org.ringfence.machine.operation.Routine";
    static final String STATE = "org.ringfence.machine.state.State";

    /** Lowest first. */
    private static final List<String> LAYERS = List.of("machine", "stack", "checker", "platform", "cli", "bench");

    private static final Map<String, Set<String>> UNREPEATABLE = Map.of(
            "java.lang.System", Set.of("nanoTime", "currentTimeMillis", "identityHashCode", "getenv", "getProperty"),
            "java.lang.Math", Set.of("random"),
            "java.util.UUID", Set.of("randomUUID"));

    private static final Map<String, Set<String>> HASH_ORDERED = Map.of(
            "java.util.HashMap", Set.of("<init>", "newHashMap"),
            "java.util.HashSet", Set.of("<init>", "newHashSet"),
            "java.util.IdentityHashMap", Set.of("<init>"),
            "java.util.WeakHashMap", Set.of("<init>", "newWeakHashMap"),
            "java.util.Set", Set.of("of", "copyOf"),
            "java.util.Map", Set.of("of", "ofEntries", "copyOf"),
            "java.util.stream.Collectors",
            Set.of("toSet", "toMap", "toUnmodifiableSet", "toUnmodifiableMap", "groupingBy"));

    private Architecture() {}

    /** A layer uses only those below it; {@code root} is the package that the layers' packages lie in. */
    static List<ArchRule> layers(String root) {
        List<ArchRule> rules = new ArrayList<>();
        for (int i = 0; i < LAYERS.size() - 1; i++) {
            String[] above = LAYERS.subList(i + 1, LAYERS.size()).stream().map(l -> root + "." + l + "..")
                    .toArray(String[]::new);
            rules.add(noClasses().that().resideInAPackage(root + "." + LAYERS.get(i) + "..")
                    .should().dependOnClassesThat().resideInAnyPackage(above)
                    .because("a layer knows only those below it").allowEmptyShould(true));
        }
        rules.add(classes().that().resideInAPackage(root + ".checker.explore..")
                .should().onlyDependOnClassesThat().resideInAnyPackage(
                        root + ".checker.explore..",
                        root + ".machine.state..",
                        root + ".machine.operation..",
                        "java..",
                        "org.jspecify..")
                .because("the exploration is the same for every machine").allowEmptyShould(true));
        rules.add(classes().that().resideInAPackage(root + ".checker..")
                .should().onlyDependOnClassesThat().resideInAnyPackage(
                        root + ".checker..",
                        root + ".machine.state..",
                        root + ".machine.operation..",
                        root + ".machine.memory..",
                        root + ".machine.vocabulary..",
                        "java..",
                        "org.jspecify..")
                .because("the checker knows no protection and no software").allowEmptyShould(true));
        return rules;
    }

    static ArchRule routinesAreRecordsOrEnums() {
        return routines("be a record or an enum", (routine, complain) -> {
            boolean enumConstant = routine.getRawSuperclass().map(JavaClass::isEnum).orElse(false);
            boolean itself = routine.isAssignableTo(ROUTINE) && !routine.isInterface();
            if (itself && !routine.isRecord() && !routine.isEnum() && !enumConstant) {
                complain.of(routine.getName() + " is neither a record nor an enum");
            }
        });
    }

    static ArchRule routinesReadNoMutableStatics() {
        return routines("read no static field that could change", (routine, complain) -> {
            for (JavaFieldAccess access : routine.getFieldAccessesFromSelf()) {
                if (access.getTarget().resolveMember().map(Architecture::mayChange).orElse(false)) {
                    complain.of(access.getDescription());
                }
            }
        });
    }

    static ArchRule routinesKnowNoState() {
        return avoid("know no machine state", type -> type.equals(STATE));
    }

    static ArchRule routinesKnowNoThreads() {
        return avoid("know no threads", type -> type.startsWith("java.lang.Thread")
                || type.startsWith("java.util.concurrent."));
    }

    static ArchRule routinesKnowNoTime() {
        return avoid("know no time", type -> type.startsWith("java.time."));
    }

    static ArchRule routinesKnowNoRandomness() {
        return avoid("know no randomness", type -> type.startsWith("java.util.Random")
                || type.startsWith("java.util.random.") || type.equals("java.util.SplittableRandom")
                || type.equals("java.security.SecureRandom"));
    }

    static ArchRule routinesCallNothingUnrepeatable() {
        return routines("call nothing whose answer differs from run to run", calls(UNREPEATABLE));
    }

    static ArchRule routinesMakeNoHashOrderedCollections() {
        return routines("make no hash-ordered collection", calls(HASH_ORDERED));
    }

    /** The stop is an {@code Error}: who catches it runs on past the point where the checker stopped it. */
    static ArchRule routinesCatchNoError() {
        return routines("catch neither Throwable nor Error", (routine, complain) -> {
            for (String line : CaughtErrors.in(routine)) {
                complain.of(line);
            }
        });
    }

    /** A lambda has neither a name to print nor components to compare. */
    static ArchRule nobodyWritesARoutineAsALambda(String root) {
        return judge(classes().that().resideInAPackage(root + ".."), "write no routine as a lambda",
                (type, complain) -> {
                    for (String line : CaughtErrors.lambdasOf(ROUTINE, type)) {
                        complain.of(line);
                    }
                });
    }

    static List<ArchRule> routines() {
        return List.of(routinesAreRecordsOrEnums(), routinesReadNoMutableStatics(), routinesKnowNoState(),
                routinesKnowNoThreads(), routinesKnowNoTime(), routinesKnowNoRandomness(),
                routinesCallNothingUnrepeatable(), routinesMakeNoHashOrderedCollections(), routinesCatchNoError());
    }

    private static boolean mayChange(JavaField field) {
        Set<JavaModifier> modifiers = field.getModifiers();
        if (!modifiers.contains(JavaModifier.STATIC) || modifiers.contains(JavaModifier.SYNTHETIC)) {
            return false;
        }
        JavaClass type = field.getRawType();
        boolean value = type.isPrimitive() || type.isEnum() || type.isRecord()
                || type.isEquivalentTo(String.class);
        return !modifiers.contains(JavaModifier.FINAL) || !value;
    }

    private static ArchRule avoid(String should, Predicate<String> banned) {
        return routines(should, (routine, complain) -> {
            for (Dependency dependency : routine.getDirectDependenciesFromSelf()) {
                if (banned.test(dependency.getTargetClass().getBaseComponentType().getName())) {
                    complain.of(dependency.getDescription());
                }
            }
        });
    }

    private static Judgement calls(Map<String, Set<String>> banned) {
        return (routine, complain) -> {
            for (JavaAccess<?> access : routine.getAccessesFromSelf()) {
                AccessTarget target = access.getTarget();
                if (banned.getOrDefault(target.getOwner().getName(), Set.of()).contains(target.getName())) {
                    complain.of(access.getDescription());
                }
            }
        };
    }

    private static ArchRule routines(String should, Judgement judgement) {
        var routine = DescribedPredicate.describe("are routines or are declared inside one", Architecture::isRoutine);
        return judge(classes().that(routine), should, judgement);
    }

    private static boolean isRoutine(JavaClass type) {
        return type.isAssignableTo(ROUTINE) || type.getEnclosingClass().map(Architecture::isRoutine).orElse(false);
    }

    private static ArchRule judge(com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction given,
            String should, Judgement judgement) {
        return given.should(new ArchCondition<JavaClass>(should) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                judgement.judge(type, sentence -> events.add(violated(type, sentence)));
            }
        }).allowEmptyShould(true);
    }

    private interface Complaint {
        void of(String sentence);
    }

    private interface Judgement {
        void judge(JavaClass type, Complaint complain);
    }
}
