package org.ringfence.cli.own.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.cli.samples.routines.Obedient;
import org.ringfence.cli.samples.routines.Violations;

/** Holds Ringfence's own routines to the rules, and each rule against a sample that breaks it. */
class RoutineRulesTest {
    private static final List<Violation> SAMPLES = List.copyOf(
            judged(new ClassFileImporter().importPackagesOf(Violations.class)));

    private static Collection<Violation> judged(JavaClasses classes) {
        List<ClassModel> models = new ArrayList<>();
        for (JavaClass type : classes) {
            try (InputStream bytes = type.getSource().orElseThrow().getUri().toURL().openStream()) {
                models.add(ClassFile.of().parse(bytes.readAllBytes()));
            } catch (IOException e) {
                throw new UncheckedIOException("the class file of " + type.getName() + " cannot be read", e);
            }
        }
        return RoutineRules.violations(new ClassFiles(models, RoutineRulesTest.class.getClassLoader()));
    }

    @Test
    void everyRoutineIsAFunctionOfWhatItSees() {
        JavaClasses program = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("org.ringfence.stack", "org.ringfence.platform");
        assertThat(program.size()).isGreaterThan(200);
        assertThat(judged(program)).map(one -> one + " " + one.sentence()).isEmpty();
    }

    @Test
    void anOrdinaryRoutineBreaksNoRule() {
        assertThat(SAMPLES).filteredOn(one -> one.type().startsWith(Obedient.class.getName())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "AClass, RECORD_OR_ENUM",
        "CountsRuns, STATICS",
        "ReadsAnArray, STATICS",
        "ReadsAList, STATICS",
        "HoldsState, STATE",
        "AsksForItsThread, THREADS",
        "CountsAtomically, THREADS",
        "ReadsTheTime, TIME",
        "ThrowsDice, RANDOMNESS",
        "ThrowsACoin, RANDOMNESS",
        "TimesItself, TIME",
        "DatesItself, TIME",
        "Identifies, IDENTITY",
        "MakesAHashMap, HASH_ORDER",
        "MakesAHashSet, HASH_ORDER",
        "MakesAnIdentityMap, HASH_ORDER",
        "MakesASet, HASH_ORDER",
        "CatchesThrowable, CATCHES_ERROR",
        "CatchesError, CATCHES_ERROR",
        "CatchesNameless, CATCHES_ERROR",
        "HoldsAnArray, COMPONENTS",
        "Reflects, REFLECTION",
        "Prints, OUTSIDE",
        "UsesALibrary, LIBRARY",
        "CountsForEver, ENDLESS",
        "CountsInAnEnum, STATICS",
        "'', LAMBDA",
    })
    void aRoutineThatBreaksARuleIsRefused(String sample, Rule rule) {
        String offender = sample.isEmpty() ? "Violations." : "Violations." + sample;
        assertThat(SAMPLES)
                .filteredOn(one -> one.rule() == rule)
                .anyMatch(one -> one.place().startsWith(offender));
    }

    @Test
    void everyRuleHasASampleThatBreaksIt() {
        assertThat(SAMPLES).map(Violation::rule).containsAll(EnumSet.complementOf(EnumSet.of(Rule.MISSING)));
    }
}
