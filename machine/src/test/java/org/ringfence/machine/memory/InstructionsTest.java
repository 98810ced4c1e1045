package org.ringfence.machine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.memory.CacheOptions.Invd;
import org.ringfence.machine.memory.adversary.MemoryAdversary;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/** What software and the machine itself do with memory, as operations and as families of them. */
class InstructionsTest {
    private static final Actor HOST = new Actor(0, Principal.HOST, "host");

    record Setup(String name, Layout layout, Machine machine) {
        static Setup of(String name, MemoryOptions options, Guards guards, HostMemory... rule) {
            Layout.Placed<Machine> placed = Layout.of(Layout.Storage.PACKED, 2, 1, declaration -> {
                List<Record> parts = new ArrayList<>();
                parts.add(Memory.declare(declaration, new Geometry(2, 2, 1), options, guards));
                for (HostMemory part : rule) {
                    parts.add((Record) part);
                }
                return new Machine(parts);
            });
            return new Setup(name, placed.layout(), placed.machine());
        }

        Memory memory() {
            return machine.part(Memory.class);
        }

        long perform(State state, Operation<?> operation) {
            return operation.on(machine, HOST).take(state);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Nobody writes frame 1. */
    record FirstFrameOnly() implements HostMemory {
        @Override
        public boolean permits(State state, int frame, boolean write) {
            return frame == 0 || !write;
        }
    }

    private static final KeyIds KEYS = new KeyIds(1, 1);

    private static MemoryOptions tdx() {
        return MemoryOptions.tdx(KEYS).withPoison();
    }

    static Stream<Setup> setups() {
        return Stream.of(
                Setup.of("plain", MemoryOptions.plain(1), Guards.allOn()),
                Setup.of("tdx", tdx(), Guards.allOn()),
                Setup.of("erratum", tdx().withPartialWriteErratum(), Guards.allOn()),
                Setup.of(
                        "caches",
                        tdx().withPartialWriteErratum().with(CacheOptions.everyLine(2).withCleanLines()),
                        Guards.allOn()),
                Setup.of(
                        "invd",
                        MemoryOptions.plain(1).with(CacheOptions.everyLine(1).with(Invd.DROPS)),
                        Guards.allOn(),
                        new FirstFrameOnly()),
                Setup.of("lines", tdx().withLines(2).with(CacheOptions.everyLine(1)), Guards.allOn()),
                Setup.of(
                        "macs",
                        tdx().withMacBits(2),
                        Guards.without(MemoryGuard.SHARED_READ_OF_OWNED_LINE_IS_ZERO)));
    }

    private static List<Family> families(Setup setup) {
        List<Family> families = new ArrayList<>(MemoryAdversary.hardware(setup.machine));
        families.addAll(MemoryAdversary.maliciousHost(setup.machine));
        families.addAll(MemoryAdversary.retroactiveHost(setup.machine));
        families.addAll(MemoryAdversary.maliciousVmm(setup.machine));
        families.addAll(MemoryAdversary.maliciousDevice(setup.machine));
        return families;
    }

    @ParameterizedTest
    @MethodSource("setups")
    void eachFamilyIsEveryArgumentTried(Setup setup) {
        Random random = new Random(5);
        State state = setup.layout.newState();
        List<Family> families = families(setup);
        Map<String, Integer> moves = new HashMap<>();
        for (int step = 0; step < 1500; step++) {
            for (Family family : families) {
                moves.merge(name(family), compare(setup, family, state), Integer::sum);
            }
            walk(setup, state, families, random);
        }
        assertThat(moves.values()).as(moves.toString()).allMatch(count -> count > 0);
    }

    private static String name(Family family) {
        return family.principal() + " " + family.operation(family.arguments().getFirst()).mnemonic();
    }

    record Effect(List<Long> words, long marks) {
        static Effect of(State state) {
            List<Long> words = new ArrayList<>();
            for (long word : state.words()) {
                words.add(word);
            }
            return new Effect(words, state.observed());
        }
    }

    private static int compare(Setup setup, Family family, State from) {
        Map<Integer, Effect> tried = new HashMap<>();
        for (int arguments : family.arguments()) {
            State state = from.snapshot();
            if (family.operation(arguments).on(setup.machine, family.actor()).take(state) == 0) {
                tried.put(arguments, Effect.of(state));
            }
        }
        Map<Integer, Effect> taken = new HashMap<>();
        for (int ordinal = 0; ordinal < tried.size(); ordinal++) {
            State state = from.snapshot();
            Successors successors = new Successors(state);
            successors.want(ordinal);
            successors.begin();
            family.each(state, successors);
            assertThat(state.sameWords(from)).as("the state is restored").isTrue();
            assertThat(successors.taken()).as(() -> name(family)).isEqualTo(tried.size());
            State after = from.snapshot();
            long[] words = java.util.Objects.requireNonNull(successors.wantedWords());
            System.arraycopy(words, 0, after.words(), 0, words.length);
            after.observe(successors.wantedMarks());
            taken.put(successors.wantedArguments(), Effect.of(after));
        }
        assertThat(taken).as(() -> name(family)).isEqualTo(tried);
        return tried.size();
    }

    private static void walk(Setup setup, State state, List<Family> families, Random random) {
        if (random.nextInt(3) == 0) {
            Memory memory = setup.memory();
            int key = memory.options().keyIds().last();
            switch (random.nextInt(3)) {
                case 0 -> memory.store(state, 0, random.nextInt(2), Value.DATA, key);
                case 1 -> memory.write(state, random.nextInt(2), Value.DATA, key);
                default -> memory.read(state, random.nextInt(2), key);
            }
            return;
        }
        Family family = families.get(random.nextInt(families.size()));
        List<Integer> arguments = family.arguments();
        setup.perform(state, family.operation(arguments.get(random.nextInt(arguments.size()))));
    }

    @Test
    void aHostThatReadsPoisonHasAMachineCheck() {
        Setup setup = Setup.of("erratum", tdx().withPartialWriteErratum(), Guards.allOn());
        State state = setup.layout.newState();
        setup.memory().write(state, 0, Value.DATA, 2);
        setup.perform(state, new OnLine(LineInstruction.MOVNTI, new Frame(0), 0, Value.HOST));
        assertThat(Property.anyBroken(state.observed())).as("a write is never checked").isFalse();

        long code = setup.perform(state, new OnLine(LineInstruction.LOAD, new Frame(0), 0, Value.HOST));

        assertThat(Accessed.values()[(int) code]).isEqualTo(Accessed.MACHINE_CHECK);
        assertThat(Property.HOST_SAFETY.isBrokenIn(state.observed())).isTrue();
    }

    @Test
    void aPrivateKeyIdIsNobodysButTheModules() {
        Setup setup = Setup.of("tdx", tdx(), Guards.allOn());
        State state = setup.layout.newState();
        for (LineInstruction instruction : LineInstruction.values()) {
            State before = state.snapshot();
            long code = setup.perform(state, new OnLine(instruction, new Frame(0), 2, Value.HOST));
            assertThat(Accessed.values()[(int) code]).isEqualTo(Accessed.FAULT);
            assertThat(state.sameWords(before)).isTrue();
        }
    }

    @Test
    void pconfigTakesTheHostsOwnKeyIdsOnly() {
        Setup setup = Setup.of("macs", tdx().withMacBits(1), Guards.allOn());
        State state = setup.layout.newState();
        assertThat(setup.perform(state, new Pconfig(0, 1))).isEqualTo(Pconfig.Result.INVALID_KEYID.ordinal());
        assertThat(setup.perform(state, new Pconfig(2, 1))).isEqualTo(Pconfig.Result.INVALID_KEYID.ordinal());
        assertThat(setup.perform(state, new Pconfig(1, 1))).isEqualTo(Pconfig.Result.PROG_SUCCESS.ordinal());
        assertThat(Pconfig.Result.INVALID_KEYID).hasToString("INVALID_KEYID (3)");
        assertThat(setup.memory().keys().current(state, 1)).isEqualTo(1);
    }

    @Test
    void aSearchForMacsFindsNothingUnlessOwnedLinesAreShown() {
        assertThat(search(1, Guards.allOn())).containsOnly(ProbeMac.Result.ZEROES);
        assertThat(search(2, Guards.allOn())).containsOnly(ProbeMac.Result.ZEROES);
        Guards shown = Guards.without(MemoryGuard.SHARED_READ_OF_OWNED_LINE_IS_ZERO);
        assertThat(search(1, shown)).containsExactly(ProbeMac.Result.MACHINE_CHECK, ProbeMac.Result.COLLISION);
        assertThat(search(2, shown)).containsExactly(
                ProbeMac.Result.MACHINE_CHECK,
                ProbeMac.Result.MACHINE_CHECK,
                ProbeMac.Result.MACHINE_CHECK,
                ProbeMac.Result.COLLISION);
        assertThat(search(0, shown)).as("28 bits, and no luck").containsOnly(ProbeMac.Result.MACHINE_CHECK);
    }

    @Test
    void aLineThatIsNoTdsTellsWhatItHolds() {
        Setup setup = Setup.of("macs", tdx().withMacBits(1), Guards.allOn());
        State state = setup.layout.newState();
        setup.memory().write(state, 0, Value.HOST, 0);
        assertThat(setup.perform(state, new ProbeMac(new Frame(0), 1, 1)))
                .isEqualTo(ProbeMac.Result.CONTENTS.ordinal());
    }

    private static List<ProbeMac.Result> search(int bits, Guards guards) {
        Setup setup = Setup.of("macs", tdx().withMacBits(bits), guards);
        List<ProbeMac.Result> results = new ArrayList<>();
        for (int key = 0; key < 1 << bits; key++) {
            State state = setup.layout.newState();
            setup.memory().write(state, 0, Value.DATA, 2);
            results.add(ProbeMac.Result.values()[(int) setup.perform(state, new ProbeMac(new Frame(0), 1, key))]);
        }
        return results;
    }

    @Test
    void invdFaultsWhereTheRangeOfSeamIsConfigured() {
        Setup setup = Setup.of("caches", tdx().with(CacheOptions.everyLine(1)), Guards.allOn());
        State state = setup.layout.newState();
        setup.memory().store(state, 0, 0, Value.HOST, 0);
        long code = setup.perform(state, new OnCache(CacheInstruction.INVD, 0));
        assertThat(Accessed.values()[(int) code]).isEqualTo(Accessed.FAULT);
        assertThat(setup.memory().caches().isDirty(state, 0, 0, 0)).isTrue();
    }

    /**
     * A TD's line is left dirty in a cache when its frame comes back to the host; it is written back when the host has
     * long used the frame.
     */
    @Test
    void aHostThatTakesAFrameBackUnflushedLosesWhatItPutsThere() {
        assertThat(hostDataAfterALateEviction(false)).isEqualTo(Property.HOST_SAFETY.broken());
        assertThat(hostDataAfterALateEviction(true)).isEqualTo(Property.HOST_SAFETY.exercised());
    }

    private static long hostDataAfterALateEviction(boolean flushed) {
        Layout.Placed<Machine> placed = Layout.of(
                Layout.Storage.PACKED,
                2,
                1,
                declaration -> Machine.of(
                        Memory.declare(declaration, new Geometry(2, 2, 1), tdx().with(CacheOptions.everyLine(1))),
                        HostLedger.declare(declaration)));
        Setup setup = new Setup("late", placed.layout(), placed.machine());
        State state = placed.layout().newState();
        setup.memory().store(state, 0, 0, Value.DATA, 2);
        if (flushed) {
            setup.memory().flush(state, 0, 2);
        }
        setup.perform(state, new OnLine(LineInstruction.MOVDIR64B, new Frame(0), 0, Value.HOST));
        setup.perform(state, new Evict(new Frame(0), 0, 2));
        setup.perform(state, new OnLine(LineInstruction.LOAD, new Frame(0), 0, Value.HOST));
        long marks = state.observed() & Property.HOST_SAFETY.broken();

        setup.perform(state, new HostGivesUp(new Frame(0)));
        state.forgetObserved();
        setup.perform(state, new OnLine(LineInstruction.LOAD, new Frame(0), 0, Value.HOST));
        assertThat(state.observed() & Property.HOST_SAFETY.broken()).as("nothing is owed").isZero();
        return marks;
    }

    @Test
    void whatIsAbsentCostsNoBit() {
        int before = 2 * (3 + 1 + 2);
        assertThat(Setup.of("plain", MemoryOptions.plain(1), Guards.allOn()).layout.bits()).isEqualTo(before);
        assertThat(Setup.of("tdx", MemoryOptions.tdx(new KeyIds(0, 1)), Guards.allOn()).layout.bits())
                .isEqualTo(before);
    }
}
