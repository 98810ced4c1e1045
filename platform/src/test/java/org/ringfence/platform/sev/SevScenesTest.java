package org.ringfence.platform.sev;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.Restraint;
import org.ringfence.checker.check.Scene;
import org.ringfence.checker.random.RandomRun;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.sev.HostStore;
import org.ringfence.machine.sev.MapNestedPage;
import org.ringfence.machine.sev.StoreMapped;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Vocabulary;

/**
 * What SEV promises holds for a careful guest only: each thing that it, or its host, abstains from breaks something
 * when it is done.
 */
public class SevScenesTest {
    private static final long OPERATIONS = 200_000;
    private static final Platform SEV = Registry.found().platform("sev").orElseThrow();

    private static Scene scene(String name) {
        return SEV.scenes().stream().filter(scene -> scene.name().equals(name)).findFirst().orElseThrow();
    }

    private static Property broken(Restraint restraint, String... scenes) {
        Platform careless =
                new Careless(SEV, List.of(scenes).stream().map(SevScenesTest::scene).toList(), restraint);
        RandomRun.Outcome outcome = RandomRun.run(careless, Guards.allOn(), OPERATIONS, 1, done -> true);
        return Objects.requireNonNull(
                Objects.requireNonNull(outcome.found(), "nothing broke").property(), "an operation failed");
    }

    /** As the platform's restraint, but for these operations, which everyone allows himself. */
    private static Restraint but(Predicate<Operation<?>> freely) {
        return (machine, actor, operation) -> freely.test(operation)
                ? Restraint.ALWAYS
                : SEV.restraint().on(machine, actor, operation);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "a host that tampers",
        "C-bits without SME_COHERENT",
        "C-bits with SME_COHERENT",
        "from INIT",
        "ASIDs in turn"
    })
    void whereNobodyAbstainsFromAnythingSomethingBreaks(String name) {
        assertThat(broken((machine, actor, operation) -> Restraint.ALWAYS, name))
                .isIn(Property.INTEGRITY, Property.FRESHNESS, Property.CONFIDENTIALITY);
    }

    @Test
    void aGuestThatStoresSecretsThroughCBit0ShowsThemToItsHost() {
        assertThat(
                broken(but(operation -> operation instanceof StoreMapped(long gpa, Value value) && value == Value.DATA),
                        "a host that tampers"))
                .isEqualTo(Property.CONFIDENTIALITY);
    }

    @Test
    void aHostThatMapsOrWritesAsItLikesChangesWhatTheGuestReads() {
        assertThat(broken(but(MapNestedPage.class::isInstance), "C-bits with SME_COHERENT"))
                .isIn(Property.INTEGRITY, Property.FRESHNESS);
        assertThat(broken(but(HostStore.class::isInstance), "C-bits with SME_COHERENT")).isEqualTo(Property.INTEGRITY);
    }

    /** SEV with other scenes and another restraint. */
    private record Careless(Platform sev, List<Scene> scenes, Restraint restraint) implements Platform {
        @Override
        public String name() {
            return sev.name();
        }

        @Override
        public Record options() {
            return sev.options();
        }

        @Override
        public Machine declare(
                Declaration declaration, Setting setting) {
            return sev.declare(declaration, setting);
        }

        @Override
        public void begin(
                State state, Machine machine,
                Setting setting) {
            sev.begin(state, machine, setting);
        }

        @Override
        public List<Adversary> adversaries(Record options) {
            return sev.adversaries(options);
        }

        @Override
        public List<Invariant> invariants(
                Machine machine, Setting setting) {
            return sev.invariants(machine, setting);
        }

        @Override
        public Vocabulary vocabulary() {
            return sev.vocabulary();
        }
    }
}
