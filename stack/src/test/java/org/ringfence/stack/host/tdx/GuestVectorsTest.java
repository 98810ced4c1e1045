package org.ringfence.stack.host.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;
import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;
import org.ringfence.stack.guest.acceptance.AcceptPage;
import org.ringfence.stack.guest.acceptance.Policy;
import org.ringfence.stack.guest.tdx.TakeBackRange;

/** Vectors 72, 73, 74 and 83 of the TDX fact sheet, section 7: those about the software of guests and of KVM. */
class GuestVectorsTest {
    private static final Geometry GEOMETRY = new Geometry(2, 4, 2);
    private static final Geometry ONE = new Geometry(1, 3, 1);

    private static RandomRun run(Geometry geometry, Routine<?> guest, boolean retries, int seed) {
        Layout.Placed<Machine> placed =
                Layout.of(Layout.Storage.PACKED, geometry.frames(), geometry.smallPerLarge(), declaration -> {
                    Memory memory = Memory.declare(declaration, geometry, 1);
                    Cpus cpus = Cpus.declare(declaration, 1, MapGpaAnswer.known());
                    return Machine.of(
                            memory,
                            cpus,
                            Tdx.declare(
                                    declaration,
                                    memory,
                                    cpus,
                                    1,
                                    EnumSet.of(
                                            TdxFeature.SEPT_VE_DISABLE,
                                            TdxFeature.SEPT_PAGES,
                                            TdxFeature.SHARED_PAGES,
                                            TdxFeature.MAP_GPA_RETRY,
                                            TdxFeature.EXIT_DETAILS)));
                });
        State state = placed.layout().newState();
        placed.machine().part(Tdx.class).start(state);
        RandomRun run = new RandomRun(placed.machine(), state, new Random(seed));
        run.add(new Actor(0, Principal.GUEST, "vCPU 0"), guest, true);
        run.add(
                new Actor(1, Principal.HOST, "KVM"),
                new ServeVcpus(geometry, 1, Backing.ALWAYS_4K, Removal.BEFORE_RETURN, false, retries,
                        Mismatch.CONVERTS),
                false);
        run.run();
        return run;
    }

    /** Asks for a range and stops with what the host says of it. */
    record Ask(long gpa, long size) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            Answer answer = cpu.ask(new TdgVpVmcallMapGpa(Mapping.PRIVATE, gpa, size));
            throw new Panic("R10=0x%X".formatted(answer.witness()));
        }
    }

    static Stream<Arguments> ranges() {
        return Stream.of(
                Arguments.of(0x0, 0x0, "R10=0x8000000000000000"),
                Arguments.of(0x800, 0x1000, "R10=0x8000000000000002"),
                Arguments.of(0x0, 0x800, "R10=0x8000000000000002"),
                Arguments.of(0x0, 0x2000, "R10=0x0"));
    }

    @ParameterizedTest(name = "72: R12={0} R13={1}: {2}")
    @MethodSource("ranges")
    void kvmSaysWhatIsWrongWithARange(long gpa, long size, String said) {
        assertThat(run(GEOMETRY, new Ask(gpa, size), false, 1).trace).anyMatch(line -> line.contains(said));
    }

    /** Accepts a page that is mapped already and full of data. */
    record AcceptAgain(Policy policy) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.call(new AcceptPage(0, Level.SIZE_4K, policy, 1, true));
            cpu.ask(new Store(0, Value.DATA));
            cpu.call(new AcceptPage(0, Level.SIZE_4K, policy, 1, true));
            Loaded found = cpu.ask(new Load(0));
            throw new Panic("goes on and finds " + found);
        }
    }

    @Test
    @DisplayName("73: a Linux guest gives up")
    void aLinuxGuestGivesUp() {
        assertThat(run(ONE, new AcceptAgain(Policy.LINUX), false, 1).trace)
                .anyMatch(line -> line.contains("accept of GPA 0x0 failed: TDX_PAGE_ALREADY_ACCEPTED"));
    }

    @Test
    @DisplayName("74: COCONUT-SVSM goes on, with the page zeroed by itself")
    void coconutZeroesThePage() {
        assertThat(run(ONE, new AcceptAgain(Policy.COCONUT), false, 1).trace)
                .anyMatch(line -> line.contains("goes on and finds ZERO"));
    }

    @Test
    @DisplayName("83: only the tail of a range that is retried is accepted; the head stays PENDING")
    void theHeadStaysPending() {
        List<RandomRun> runs = Stream.iterate(1, seed -> seed + 1)
                .limit(100)
                .map(seed -> run(
                        GEOMETRY, new TakeBackRange(GEOMETRY, TakeBackRange.Accepts.LAST_CALL), true, seed))
                .toList();
        assertThat(runs).anyMatch(run -> has(run, "R11 = GPA 0x1000") && has(run, "has not accepted: KVM ends the VM"));
        assertThat(runs).anyMatch(run -> !has(run, "panics"));
        assertThat(runs).noneMatch(run -> has(run, "accept of GPA"));
        assertThat(runs).allMatch(run -> !has(run, "panics") || has(run, "R11 = GPA 0x1000"));
    }

    private static boolean has(RandomRun run, String text) {
        return run.trace.stream().anyMatch(line -> Objects.requireNonNull(line).contains(text));
    }
}
