package org.ringfence.machine.sev;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringfence.machine.memory.CacheOptions;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.sev.adversary.AsidFamily;
import org.ringfence.machine.sev.firmware.Asids;
import org.ringfence.machine.sev.firmware.SevFirmware;
import org.ringfence.machine.sev.firmware.SevGuests.Life;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/** A host that moves ASIDs as it likes does what trying every command does, and what it is refused changes nothing. */
class AsidFamilyTest {
    private static final Actor HOST = new Actor(0, Principal.HOST, "host");
    private static final Geometry GEOMETRY = new Geometry(1, 2, 1);

    private Layout.Placed<Machine> placed = placed(1);
    private Machine machine = placed.machine();
    private AsidFamily family = AsidFamily.of(machine);

    private static Layout.Placed<Machine> placed(int ccxs) {
        return Layout.of(Layout.Storage.PACKED, 2, 1, declaration -> {
            MemoryOptions options =
                    MemoryOptions.plain(2).with(CacheOptions.everyLine(ccxs)).withKeyChanges(2);
            Memory memory = Memory.declare(declaration, GEOMETRY, options);
            Asids asids = Asids.declare(declaration, 2, ccxs, 2 / ccxs, Guards.allOn());
            return Machine.of(
                    memory, asids, SevFirmware.declare(declaration, memory, asids, 2, Guards.allOn()));
        });
    }

    private State started() {
        State state = placed.layout().newState();
        SevFirmware firmware = machine.part(SevFirmware.class);
        firmware.init(state);
        firmware.asids().flush(state, 0);
        firmware.asids().flush(state, 1);
        firmware.dfFlush(state);
        firmware.launchStart(state);
        firmware.activate(state, Sev.HANDLE, 1);
        firmware.launchMeasure(state, Sev.HANDLE);
        firmware.launchFinish(state, Sev.HANDLE);
        machine.part(Memory.class).store(state, 0, 0, Value.DATA, 1);
        return state;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theFamilyIsTheSameAsTryingEveryArgument(int ccxs) {
        placed = placed(ccxs);
        machine = placed.machine();
        family = AsidFamily.of(machine);
        Random random = new Random(5);
        TreeSet<String> moved = new TreeSet<>();
        for (int walk = 0; walk < 60; walk++) {
            State state = started();
            for (int step = 0; step < 40; step++) {
                Map<Integer, List<Long>> tried = tried(state);
                assertThat(enumerated(state)).isEqualTo(tried);
                List<Integer> moves = List.copyOf(tried.keySet());
                int choice = moves.get(random.nextInt(moves.size()));
                moved.add(family.operation(choice).mnemonic());
                family.operation(choice).on(machine, HOST).take(state);
            }
        }

        assertThat(moved)
                .containsExactly(
                        "ACTIVATE",
                        "DEACTIVATE",
                        "DF_FLUSH",
                        "LAUNCH_FINISH",
                        "LAUNCH_MEASURE",
                        "LAUNCH_START",
                        "WBINVD",
                        "load as a guest");
    }

    private Map<Integer, List<Long>> tried(State state) {
        Map<Integer, List<Long>> found = new LinkedHashMap<>();
        for (int arguments : family.arguments()) {
            State copy = state.snapshot();
            long outcome = family.operation(arguments).on(machine, HOST).take(copy);
            boolean partly = family.operation(arguments).mnemonic().equals("DF_FLUSH") && family.partly() >= 0;
            if (outcome == 0 || partly) {
                found.put(arguments, words(copy));
            } else {
                assertThat(outcome == Outcome.WAITS || outcome > 0).isTrue();
                assertThat(copy.sameWords(state)).as(family.operation(arguments).toString()).isTrue();
            }
        }
        return found;
    }

    private Map<Integer, List<Long>> enumerated(State state) {
        Map<Integer, List<Long>> found = new LinkedHashMap<>();
        Successors successors = new Successors(state);
        successors.begin();
        family.each(state, successors);
        int taken = successors.taken();
        for (int ordinal = 0; ordinal < taken; ordinal++) {
            successors.want(ordinal);
            successors.begin();
            family.each(state, successors);
            State copy = state.snapshot();
            family.operation(successors.wantedArguments()).on(machine, HOST).take(copy);
            found.put(successors.wantedArguments(), words(copy));
        }
        return found;
    }

    private static List<Long> words(State state) {
        return Arrays.stream(state.words()).boxed().toList();
    }

    @Test
    void theNextGuestUnderAnAsidFindsNothingOfTheOneBefore() {
        State state = started();
        SevFirmware firmware = machine.part(SevFirmware.class);
        Memory memory = machine.part(Memory.class);
        firmware.deactivate(state, Sev.HANDLE);
        assertThat(memory.load(state, 0, 0, 1)).as("still cached").isEqualTo(Value.DATA.ordinal());

        new Wbinvd(0).on(machine, HOST).take(state);
        new Wbinvd(1).on(machine, HOST).take(state);
        firmware.dfFlush(state);
        firmware.launchStart(state);

        assertThat(firmware.activate(state, 2, 1)).isEqualTo(SevStatus.SUCCESS);
        assertThat(firmware.guests().life().is(state, 1, Life.LAUNCH)).isTrue();
        assertThat(memory.load(state, 0, 0, 1)).as("under another key").isEqualTo(Memory.JUNK);
        firmware.deactivate(state, 2);
        firmware.activate(state, Sev.HANDLE, 1);
        assertThat(memory.load(state, 0, 0, 1)).as("under the first guest's key").isEqualTo(Value.DATA.ordinal());
    }
}
