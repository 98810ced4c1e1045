package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.ringfence.checker.check.Checking;
import org.ringfence.checker.check.Expectation;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.Settings;
import org.ringfence.checker.explore.Limits;
import org.ringfence.checker.explore.SoftwareMover;
import org.ringfence.checker.learn.Budget;
import org.ringfence.cli.casefile.CaseFile;
import org.ringfence.cli.casefile.CaseReader;
import org.ringfence.cli.casefile.Catalogue;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Lawful;
import org.ringfence.machine.vocabulary.NoSuchOperation;
import org.ringfence.machine.vocabulary.Vocabulary;

/** What a trace prints of an operation is what a script reads. */
class OneTextTest {
    private static final int MOST_OF_A_FAMILY = 300;
    private static final Settings UNNAMED = new Settings(Limits.standard(), Budget.DEFAULT, false);

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
