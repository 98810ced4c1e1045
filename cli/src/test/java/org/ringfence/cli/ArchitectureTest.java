package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.cli.samples.routines.Obedient;
import org.ringfence.cli.samples.routines.Violations;

/** Holds the whole program to {@link Architecture}, and each of its rules against a sample that breaks it. */
class ArchitectureTest {

    private static final JavaClasses PROGRAM = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("org.ringfence");
    private static final String SAMPLES = "org.ringfence.cli.samples";

    @Test
    void theImportSeesEveryLayerAndNoTest() {
        for (String layer : List.of("machine", "stack", "checker", "platform", "cli")) {
            assertThat(PROGRAM.stream().filter(type -> type.getPackageName().startsWith("org.ringfence." + layer)))
                    .as(layer).isNotEmpty();
        }
        assertThat(PROGRAM.stream().filter(type -> type.getPackageName().startsWith(SAMPLES))).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> theProgramKeepsItsLayers() {
        return Architecture.layers("org.ringfence").stream().map(rule -> held(rule, PROGRAM));
    }

    @TestFactory
    Stream<DynamicTest> everyRoutineIsAFunctionOfWhatItSees() {
        return Stream.concat(Architecture.routines().stream(),
                Stream.of(Architecture.nobodyWritesARoutineAsALambda("org.ringfence")))
                .map(rule -> held(rule, PROGRAM));
    }

    @Test
    void anOrdinaryRoutineBreaksNoRule() {
        JavaClasses obedient = new ClassFileImporter().importPackagesOf(Obedient.class)
                .that(com.tngtech.archunit.base.DescribedPredicate.describe("are Obedient",
                        type -> type.getName().startsWith(Obedient.class.getName())));
        assertThat(obedient).hasSizeGreaterThan(3);
        assertAll(Architecture.routines().stream().map(rule -> () -> rule.check(obedient)));
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

    @ParameterizedTest(name = "{1}")
    @MethodSource("brokenRules")
    void aRoutineThatBreaksARuleIsRefused(ArchRule rule, String sample) {
        JavaClasses samples = new ClassFileImporter().importPackagesOf(Violations.class);
        String offender = Violations.class.getName() + "$" + sample;
        assertThat(complaints(rule, samples)).as(rule.getDescription()).anyMatch(line -> line.contains(offender));
    }

    static Stream<Arguments> brokenRules() {
        return Stream.of(
                Arguments.of(Architecture.routinesAreRecordsOrEnums(), "AClass"),
                Arguments.of(Architecture.routinesReadNoMutableStatics(), "CountsRuns"),
                Arguments.of(Architecture.routinesReadNoMutableStatics(), "ReadsAnArray"),
                Arguments.of(Architecture.routinesReadNoMutableStatics(), "ReadsAList"),
                Arguments.of(Architecture.routinesKnowNoState(), "HoldsState"),
                Arguments.of(Architecture.routinesKnowNoThreads(), "AsksForItsThread"),
                Arguments.of(Architecture.routinesKnowNoThreads(), "CountsAtomically"),
                Arguments.of(Architecture.routinesKnowNoTime(), "ReadsTheTime"),
                Arguments.of(Architecture.routinesKnowNoRandomness(), "ThrowsDice"),
                Arguments.of(Architecture.routinesCallNothingUnrepeatable(), "ThrowsACoin"),
                Arguments.of(Architecture.routinesCallNothingUnrepeatable(), "TimesItself"),
                Arguments.of(Architecture.routinesCallNothingUnrepeatable(), "DatesItself"),
                Arguments.of(Architecture.routinesCallNothingUnrepeatable(), "Identifies"),
                Arguments.of(Architecture.routinesMakeNoHashOrderedCollections(), "MakesAHashMap"),
                Arguments.of(Architecture.routinesMakeNoHashOrderedCollections(), "MakesAHashSet"),
                Arguments.of(Architecture.routinesMakeNoHashOrderedCollections(), "MakesAnIdentityMap"),
                Arguments.of(Architecture.routinesMakeNoHashOrderedCollections(), "MakesASet"),
                Arguments.of(Architecture.routinesCatchNoError(), "CatchesThrowable"),
                Arguments.of(Architecture.routinesCatchNoError(), "CatchesError"),
                Arguments.of(Architecture.routinesCatchNoError(), "CatchesNameless"));
    }

    @Test
    void aRoutineWrittenAsALambdaIsRefused() {
        JavaClasses samples = new ClassFileImporter().importPackagesOf(Violations.class);
        assertThat(complaints(Architecture.nobodyWritesARoutineAsALambda(SAMPLES), samples))
                .anyMatch(line -> line.contains("Violations.lambda"));
    }

    private static DynamicTest held(ArchRule rule, JavaClasses classes) {
        return DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(classes));
    }

    private static List<String> complaints(ArchRule rule, JavaClasses classes) {
        EvaluationResult result = rule.evaluate(classes);
        return result.getFailureReport().getDetails();
    }
}
