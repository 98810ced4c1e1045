package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ringfence.checker.check.ActorSpec;
import org.ringfence.checker.check.Checking;
import org.ringfence.checker.check.Covered;
import org.ringfence.checker.check.Expectation;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.Settings;
import org.ringfence.checker.check.ThreatModel;
import org.ringfence.checker.explore.Limits;
import org.ringfence.checker.explore.Software;
import org.ringfence.checker.explore.SoftwareMover;
import org.ringfence.checker.learn.Budget;
import org.ringfence.checker.learn.Learner;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.CaseFile;
import org.ringfence.cli.casefile.CaseReader;
import org.ringfence.cli.casefile.Catalogue;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Lawful;
import org.ringfence.machine.vocabulary.NoSuchOperation;
import org.ringfence.machine.vocabulary.Signals;
import org.ringfence.machine.vocabulary.Vocabulary;

/** What a trace prints of an operation and of its result is what a script reads, and what {@code reaches} names. */
class OneTextTest {
    private static final int MOST_OF_A_FAMILY = 300;
    private static final Settings UNNAMED = new Settings(Limits.standard(), Budget.DEFAULT, false);

    @TempDir
    private Path folder = Path.of("");

    private final Set<List<Object>> seen = new HashSet<>();

    @Test
    void everyOperationThatAppearsInTheCatalogueReadsBackAndGoesByItsMnemonic() throws Exception {
        Registry registry = Registry.found();
        Map<String, String> wrong = new LinkedHashMap<>();
        Path root = Session.repository();
        for (Catalogue.Named named : new Catalogue(root, root).select(List.of())) {
            CaseFile file = CaseReader.read(registry, named.path(), named.file(), named.name());
            List<String> done = new ArrayList<>();
            for (Expectation expectation : file.subject().expect()) {
                if (done.contains(expectation.platform() + expectation.threat())) {
                    continue;
                }
                done.add(expectation.platform() + expectation.threat());
                Platform platform = registry.platform(expectation.platform()).orElseThrow();
                Vocabulary vocabulary =
                        registry.vocabulary(platform).on(file.subject().machine().geometry());
                Checking.Moving moving = Checking.moving(
                        file.subject(), platform, vocabulary, expectation.threat(), UNNAMED);
                for (SoftwareMover mover : moving.model().software()) {
                    for (int point = 0; point < mover.software().points(); point++) {
                        Operation<?> operation = mover.software().operation(point);
                        if (operation != null) {
                            check(vocabulary, operation, mover.actor().principal(), wrong, file.name());
                        }
                    }
                }
                for (Family family : moving.model().families()) {
                    for (int arguments : family.arguments().stream().limit(MOST_OF_A_FAMILY).toList()) {
                        check(vocabulary, family.operation(arguments), family.actor().principal(), wrong, file.name());
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(seen.size()).isGreaterThan(1000);
    }

    /**
     * Every result that an operation can end with, by its name: as a trace, a script, {@code reaches} and lists have
     * it.
     */
    @Test
    void everyResultOfTheCatalogueHasOneName() throws Exception {
        Registry registry = Registry.found();
        Map<String, String> wrong = new LinkedHashMap<>();
        Path root = Session.repository();
        Set<List<Object>> types = new HashSet<>();
        for (Catalogue.Named named : new Catalogue(root, root).select(List.of())) {
            CaseFile file = CaseReader.read(registry, named.path(), named.file(), named.name());
            for (ActorSpec actor : file.subject().actors()) {
                Software software = Learner.learn(actor.routine(), Budget.DEFAULT);
                for (int point = 0; point < software.points(); point++) {
                    Operation<?> operation = software.operation(point);
                    if (operation != null) {
                        Operation<?> plain = operation instanceof Lawful<?> lawful ? lawful.operation() : operation;
                        String platform = actor.platforms().iterator().next();
                        if (types.add(List.of(platform, plain.getClass(), plain.mnemonic()))) {
                            results(registry, file, platform, actor.principal(), plain, wrong);
                        }
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(types.size()).isGreaterThan(100);
    }

    private void results(
            Registry registry, CaseFile file, String platform, Principal principal, Operation<?> operation,
            Map<String, String> wrong) throws IOException {
        Vocabulary vocabulary = registry.vocabulary(registry.platform(platform).orElseThrow())
                .on(file.subject().machine().geometry());
        Results<?> results = operation.results();
        List<String> names = results.names();
        for (int code = 0; code < results.count(); code++) {
            String printed = results.print(code);
            String name = Results.name(printed);
            Expectation.Reaches reached = new Expectation.Reaches(
                    ThreatModel.parse("honest-host"), platform, operation.mnemonic(), name, false);
            if (!reached.isAbout(new Covered(operation.mnemonic(), printed)) || !names.contains(name)) {
                wrong.put(operation.mnemonic() + " " + printed, "is not reached as " + name);
            }
        }
        for (Form form : vocabulary.called(operation.mnemonic())) {
            List<String> listed = form.results();
            if (form.type() == operation.getClass() && !listed.isEmpty() && !listed.equals(names)) {
                wrong.put(operation.mnemonic(), "is listed with %s and ends with %s".formatted(listed, names));
            }
        }
        if (!names.isEmpty()
                && vocabulary.print(operation).isPresent()
                && !(operation instanceof Signals.Await)) { // whose name nobody signals in a script of one step
            String first = "%s -> %s".formatted(vocabulary.text(operation), String.join(" or ", names));
            String refused =
                    reading(registry, file, platform, principal, first, operation.mnemonic(), names.getFirst());
            if (!refused.isEmpty()) {
                wrong.put(first, refused);
            }
        }
    }

    /** Why a case with this step is refused, and with a row of {@code reaches} for a result of it; empty if not. */
    private String reading(
            Registry registry, CaseFile file, String platform, Principal principal, String step, String operation,
            String result) throws IOException {
        MachineSpec machine = file.subject().machine();
        Path written = Files.writeString(folder.resolve("step.yaml"), """
                question: q
                asked: a
                machine: {pages: %d, frames: %d, small-pages-per-large: %d}
                platforms: {%s: {}}
                actors:
                  - {name: one, principal: %s, script: ['%s']}
                reaches: [{threat: honest-host, operation: '%s', result: '%s'}]
                """.formatted(
                machine.pages(), machine.frames(), machine.smallPerLarge(), platform, principal,
                step.replace("'", "''"), operation, result));
        try {
            CaseReader.read(registry, written, "step.yaml", "step");
            return "";
        } catch (BadInput refused) {
            return refused.problem().sentence();
        }
    }

    private void check(
            Vocabulary vocabulary, Operation<?> operation, Principal principal, Map<String, String> wrong,
            String where) {
        Operation<?> plain = operation instanceof Lawful<?> lawful ? lawful.operation() : operation;
        if (!seen.add(List.of(vocabulary.forms().size(), vocabulary.geometry(), principal, plain))) {
            return;
        }
        String type = plain.getClass().getName() + " of the " + principal;
        String text = vocabulary.text(plain);
        try {
            if (!vocabulary.parse(text, principal).equals(plain)) {
                wrong.putIfAbsent(type, text + " reads back as another, in " + where);
            }
        } catch (NoSuchOperation unknown) {
            wrong.putIfAbsent(type, "'%s' in %s: %s".formatted(text, where, unknown.sentence()));
        }
        if (!text.startsWith(plain.mnemonic())) {
            wrong.putIfAbsent(type + " by name", text + " is called " + plain.mnemonic());
        }
    }
}
