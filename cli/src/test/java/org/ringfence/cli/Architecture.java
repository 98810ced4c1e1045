package org.ringfence.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import org.ringfence.cli.own.rules.RoutineRules;

/**
 * The rules that the compiler cannot hold: the order of the layers. What a routine may touch is held by
 * {@link RoutineRules}.
 */
final class Architecture {

    /** Lowest first. */
    private static final List<String> LAYERS =
            List.of("machine", "stack", "checker", "platform", "wasm", "cli", "bench");

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
        rules.add(noClasses().that().resideOutsideOfPackage(root + ".wasm..")
                .should().dependOnClassesThat().resideInAnyPackage(root + ".wasm..", "run.endive..")
                .because("modules of real code are found by their service").allowEmptyShould(true));
        return rules;
    }
}
