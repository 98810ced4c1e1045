package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the whole program to {@link Architecture}, and each of its rules against a sample that breaks it. */
class ArchitectureTest {

    private static final JavaClasses PROGRAM = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("org.ringfence");
    private static final String SAMPLES = "org.ringfence.cli.samples";

    @Test
    void theImportSeesEveryLayerAndNoTest() {
        for (String layer : List.of("machine", "stack", "checker", "platform", "wasm", "cli")) {
            assertThat(PROGRAM.stream().filter(type -> type.getPackageName().startsWith("org.ringfence." + layer)))
                    .as(layer).isNotEmpty();
        }
        assertThat(PROGRAM.stream().filter(type -> type.getPackageName().startsWith(SAMPLES))).isEmpty();
    }

    @Test
    void noFolderHasMoreThanFortyClasses() {
        Map<String, Long> classes = PROGRAM.stream()
                .filter(type -> !type.isNestedClass() && !type.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        assertThat(classes).isNotEmpty()
                .allSatisfy((folder, count) -> assertThat(count).as(folder).isLessThanOrEqualTo(40));
    }

    @Test
    void oneSimpleNameMeansOneThing() {
        Map<String, List<String>> packages = PROGRAM.stream()
                .filter(type -> !type.isNestedClass() && !type.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(
                        JavaClass::getSimpleName,
                        Collectors.mapping(JavaClass::getPackageName, Collectors.toList())));
        assertThat(packages).isNotEmpty()
                .allSatisfy((name, places) -> assertThat(places).as(name).hasSize(1));
    }

    @TestFactory
    Stream<DynamicTest> theProgramKeepsItsLayers() {
        return Architecture.layers("org.ringfence").stream().map(rule -> held(rule, PROGRAM));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenLayers")
    void aLayerThatLooksUpIsRefused(String offender) {
        JavaClasses samples = new ClassFileImporter().importPackages(SAMPLES);
        assertThat(Architecture.layers(SAMPLES).stream().map(rule -> complaints(rule, samples))
                .flatMap(List::stream)).anyMatch(sentence -> sentence.contains("<" + SAMPLES + "." + offender));
    }

    static Stream<String> brokenLayers() {
        return Stream.of("machine.LooksUp", "stack.LooksUpFurther", "checker.LooksToTheTop", "cli.Top",
                "checker.explore.LooksAside", "checker.KnowsSoftware");
    }

    private static DynamicTest held(ArchRule rule, JavaClasses classes) {
        return DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(classes));
    }

    private static List<String> complaints(ArchRule rule, JavaClasses classes) {
        EvaluationResult result = rule.evaluate(classes);
        return result.getFailureReport().getDetails();
    }
}
