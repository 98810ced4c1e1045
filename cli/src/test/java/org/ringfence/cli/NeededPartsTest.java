package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.checker.check.ActorSpec;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.explore.Software;
import org.ringfence.checker.learn.Budget;
import org.ringfence.checker.learn.Learner;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.CaseFile;
import org.ringfence.cli.casefile.CaseReader;
import org.ringfence.cli.casefile.Catalogue;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;

/** What the entry of a routine says it needs is what its operations work on. */
class NeededPartsTest {
    private static final Registry REGISTRY = Registry.found();

    static Stream<ActorSpec> actors() throws BadInput {
        List<ActorSpec> actors = new ArrayList<>();
        for (Catalogue.Named named : new Catalogue(Session.repository(), Session.repository()).all()) {
            CaseFile file = CaseReader.read(REGISTRY, named.path(), named.file(), named.name());
            actors.addAll(file.subject().actors());
        }
        return actors.stream().distinct();
    }

    @ParameterizedTest
    @MethodSource("actors")
    void anActorNeedsThePartsThatItsOperationsWorkOn(ActorSpec actor) {
        Software software = Learner.learn(actor.routine(), Budget.DEFAULT);
        List<Class<?>> declared = new ArrayList<>();
        actor.needs().forEach(part -> declared.add(part.type()));
        List<Class<?>> asked = new ArrayList<>();
        for (int point = 0; point < software.points(); point++) {
            Operation<?> operation = software.operation(point);
            if (operation != null) {
                operation.needs().stream().map(Part::type).forEach(asked::add);
            }
        }

        assertThat(declared).as("parts of %s", actor.routine()).containsAll(asked);
    }
}
