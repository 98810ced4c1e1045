package org.ringfence.machine.snp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.sev.ExitReason;
import org.ringfence.machine.sev.HostLoad;
import org.ringfence.machine.snp.adversary.AssignFamily;
import org.ringfence.machine.snp.adversary.HostPower;
import org.ringfence.machine.snp.adversary.SnpAdversary;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.state.State;

/** Each family enumerates exactly what trying every argument finds. */
class FamiliesTest {

    /** What moves lead to, by their arguments, and the marks they left. */
    private record Moves(Map<Integer, List<Long>> successors, long marks) {}

    static Stream<SnpMachine> machines() {
        return RandomWalk.machines();
    }

    @ParameterizedTest
    @MethodSource("machines")
    void aFamilyIsTheSameAsTryingEveryArgument(SnpMachine machine) {
        List<Family> families = RandomWalk.families(machine);
        Set<String> moved = new TreeSet<>();
        for (long seed = 0; seed < 40; seed++) {
            new RandomWalk(machine, seed, 30).each((before, actor, operation, outcome, after) -> {
                for (Family family : families) {
                    Moves tried = tried(machine, family, after);
                    assertThat(enumerated(family, after)).as(family.toString()).isEqualTo(tried);
                    if (!tried.successors.isEmpty()) {
                        moved.add(family.getClass().getSimpleName());
                    }
                }
            });
        }

        assertThat(moved).containsExactlyInAnyOrderElementsOf(new TreeSet<>(families.stream()
                .map(family -> family.getClass().getSimpleName())
                .toList()));
    }

    @Test
    void theArgumentsOfAFamilyNameDifferentOperations() {
        machines().forEach(machine -> {
            for (Family family : RandomWalk.families(machine)) {
                List<Operation<?>> operations =
                        family.arguments().stream().<Operation<?>>map(family::operation).toList();
                assertThat(operations).as(family.toString()).isNotEmpty().doesNotHaveDuplicates();
            }
        });
    }

    @ParameterizedTest
    @EnumSource(value = Cpus.Status.class, names = {"EXITED", "CALLING"})
    void aVcpuWhoseVmsaPageIsGoneIsNotResumed(Cpus.Status status) {
        SnpMachine machine = SnpMachine.of(new Geometry(2, 3, 1), RmpOptions.least().withVmsa(), 0);
        State state = machine.newState();
        machine.rmp().vmsas().frame().set(state, 0, 2);
        machine.snp().exits().leave(state, 0, status, ExitReason.NPF_NOT_PRESENT_SHARED, 0);
        List<Family> families = SnpAdversary.maliciousHost(
                machine.machine(), SnpMachine.VCPUS, Set.of(HostPower.RESUME, HostPower.ANSWER));

        assertThat(families).isNotEmpty().allSatisfy(family -> {
            Moves tried = tried(machine, family, state);
            assertThat(enumerated(family, state)).isEqualTo(tried);
            assertThat(tried.successors).doesNotContainKey(0);
        });
    }

    @Test
    void whatAMachineLacksItsHostCannotDo() {
        SnpMachine machine = SnpMachine.of(new Geometry(2, 2, 1), RmpOptions.least());

        List<Family> families = SnpAdversary.maliciousHost(
                machine.machine(), SnpMachine.VCPUS, Set.of(HostPower.SMASH, HostPower.ASSIGN));

        assertThat(families).hasSize(1).first().isInstanceOf(AssignFamily.class);
        assertThat(((AssignFamily) families.getFirst()).immutable()).isFalse();
    }

    private static Moves tried(SnpMachine machine, Family family, State state) {
        Actor actor = family.principal() == Principal.HOST ? family.actor() : RandomWalk.actor(family.principal());
        Map<Integer, List<Long>> found = new LinkedHashMap<>();
        long marks = 0;
        for (int arguments : family.arguments()) {
            State copy = state.snapshot();
            Operation<?> operation = family.operation(arguments);
            long outcome = machine.ask(copy, actor, operation);
            boolean looks = operation instanceof HostLoad;
            if (outcome == 0 || looks && outcome > 0) {
                found.put(arguments, Arrays.stream(copy.words()).boxed().toList());
                marks |= copy.observed();
            } else if (outcome == Outcome.WAITS) {
                assertThat(copy.sameWords(state)).isTrue();
            }
        }
        return new Moves(found, marks);
    }

    private static Moves enumerated(Family family, State state) {
        State before = state.snapshot();
        Successors successors = new Successors(state);
        successors.begin();
        family.each(state, successors);
        int taken = successors.taken();
        Map<Integer, List<Long>> found = new LinkedHashMap<>();
        for (int ordinal = 0; ordinal < taken; ordinal++) {
            successors.want(ordinal);
            successors.begin();
            family.each(state, successors);
            found.put(successors.wantedArguments(), words(successors, ordinal, before));
        }
        assertThat(found).as("no argument twice").hasSize(taken);
        assertThat(state.sameWords(before)).isTrue();
        return new Moves(found, successors.seen());
    }

    private static List<Long> words(Successors successors, int ordinal, State before) {
        int width = before.words().length;
        for (int i = 0; i < successors.count(); i++) {
            if (successors.ordinal(i) == ordinal) {
                return Arrays.stream(successors.words(), i * width, (i + 1) * width).boxed().toList();
            }
        }
        return Arrays.stream(before.words()).boxed().toList();
    }
}
