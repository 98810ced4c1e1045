package org.ringfence.stack.host.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
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
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;

/** A guest that does as it should gets along with the honest host, whatever the order of their steps. */
class HonestHostTest {
    private static final int RUNS = 200;

    /** Accepts a page, uses it, shares it, uses that, and takes it back. */
    record RoundTrip(long gpa, boolean tolerant) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            accept(cpu, false);
            cpu.ask(new Store(gpa, Value.DATA));
            expect(cpu.ask(new Load(gpa)), Loaded.DATA);
            map(cpu, Mapping.SHARED);
            cpu.ask(new Store(gpa, Mapping.SHARED, Value.LAUNCH));
            expect(cpu.ask(new Load(gpa, Mapping.SHARED)), Loaded.LAUNCH);
            map(cpu, Mapping.PRIVATE);
            if (accept(cpu, tolerant)) {
                expect(cpu.ask(new Load(gpa)), Loaded.ZERO);
            }
            return Done.DONE;
        }

        private void map(Cpu cpu, Mapping to) {
            Answer answer = cpu.ask(new TdgVpVmcallMapGpa(to, gpa, Geometry.SMALL));
            if (!answer.is(TdgVpVmcallMapGpa.SUCCESS)) {
                throw new Panic("MapGPA fails");
            }
        }

        private boolean accept(Cpu cpu, boolean mayBeAccepted) {
            TdgMemPageAccept.Result result = cpu.ask(new TdgMemPageAccept(gpa, Level.SIZE_4K));
            if (result != TdgMemPageAccept.Result.TDX_SUCCESS && !(mayBeAccepted && result.isAlreadyAccepted())) {
                throw new Panic("accept: " + result);
            }
            return result == TdgMemPageAccept.Result.TDX_SUCCESS;
        }

        private static void expect(Loaded found, Loaded expected) {
            if (found != expected) {
                throw new Panic("found " + found + " for " + expected);
            }
        }
    }

    /** Accepts a 2M page, by small ones if it must, and uses all of it. */
    record AcceptLarge(Geometry geometry) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            TdgMemPageAccept.Result large = cpu.ask(new TdgMemPageAccept(0, Level.SIZE_2M));
            if (large == TdgMemPageAccept.Result.TDX_PAGE_SIZE_MISMATCH_2M) {
                for (int page = 0; page < geometry.smallPerLarge(); page++) {
                    cpu.ask(new TdgMemPageAccept(geometry.gpa(page), Level.SIZE_4K));
                }
            } else if (large != TdgMemPageAccept.Result.TDX_SUCCESS) {
                throw new Panic("accept: " + large);
            }
            for (int page = 0; page < geometry.smallPerLarge(); page++) {
                if (cpu.ask(new Load(geometry.gpa(page))) != Loaded.ZERO) {
                    throw new Panic("page " + page + " is not zero");
                }
                cpu.ask(new Store(geometry.gpa(page), Value.DATA));
            }
            return Done.DONE;
        }
    }

    private record Setting(Machine machine, State state) {
        static Setting of(Geometry geometry, int vcpus, Set<TdxFeature> features) {
            Layout.Placed<Machine> placed =
                    Layout.of(Layout.Storage.PACKED, geometry.frames(), geometry.smallPerLarge(), declaration -> {
                        Memory memory = Memory.declare(declaration, geometry, 1);
                        Cpus cpus = Cpus.declare(declaration, vcpus, MapGpaAnswer.known());
                        return Machine.of(memory, cpus, Tdx.declare(declaration, memory, cpus, vcpus, features));
                    });
            State state = placed.layout().newState();
            placed.machine().part(Tdx.class).start(state);
            return new Setting(placed.machine(), state);
        }
    }

    private static Actor guest(int index) {
        return new Actor(index, Principal.GUEST, "vCPU " + index);
    }

    private static RandomRun roundTrips(Random random, Removal removal, boolean tolerant) {
        Geometry geometry = new Geometry(2, 6, 1);
        Setting setting = Setting.of(
                geometry,
                2,
                EnumSet.of(
                        TdxFeature.SEPT_VE_DISABLE,
                        TdxFeature.SHARED_PAGES,
                        TdxFeature.TLB_TRACKING,
                        TdxFeature.EXIT_DETAILS));
        RandomRun run = new RandomRun(setting.machine(), setting.state(), random);
        run.add(guest(0), new RoundTrip(geometry.gpa(0), tolerant), true);
        run.add(guest(1), new RoundTrip(geometry.gpa(1), tolerant), true);
        run.add(new Actor(2, Principal.HOST, "host"), new ServeVcpus(geometry, 2, Backing.ALWAYS_4K, removal), false);
        return run;
    }

    private static void assertGood(RandomRun run) {
        assertThat(run.run()).as(() -> String.join("\n", run.trace)).isEqualTo(RandomRun.End.GUESTS_DONE);
        assertThat(run.trace).as(() -> String.join("\n", run.trace)).noneMatch(line -> line.contains("panics"));
    }

    @RepeatedTest(RUNS)
    void aPageGoesToSharedAndBack(RepetitionInfo repetition) {
        assertGood(roundTrips(new Random(repetition.getCurrentRepetition()), Removal.BEFORE_RETURN, false));
    }

    @RepeatedTest(RUNS)
    void aGuestThatAllowsForItGetsAlongWithDeferredRemoval(RepetitionInfo repetition) {
        assertGood(roundTrips(new Random(repetition.getCurrentRepetition()), Removal.DEFERRED, true));
    }

    @RepeatedTest(3)
    void aGuestThatTakesNoSecondAcceptPanicsWhereTheHostKeepsThePage(RepetitionInfo repetition) {
        RandomRun run = roundTrips(new Random(repetition.getCurrentRepetition()), Removal.NEVER, false);

        run.run();

        assertThat(run.trace).anyMatch(line -> line.contains("panics: accept: TDX_PAGE_ALREADY_ACCEPTED"));
    }

    private static RandomRun largeAccept(Random random, Backing backing, TdxFeature... more) {
        Geometry geometry = new Geometry(4, 8, 4);
        Set<TdxFeature> features = EnumSet.of(TdxFeature.SEPT_VE_DISABLE, TdxFeature.EXIT_DETAILS);
        features.addAll(Set.of(more));
        Setting setting = Setting.of(geometry, 1, features);
        RandomRun run = new RandomRun(setting.machine(), setting.state(), random);
        run.add(guest(0), new AcceptLarge(geometry), true);
        run.add(new Actor(1, Principal.HOST, "host"), new ServeVcpus(geometry, 1, backing, Removal.NEVER), false);
        if (features.contains(TdxFeature.INTERRUPTS)) {
            run.add(new Actor(2, Principal.HOST, "timer"), new InterruptAccepts(0, 3), false);
        }
        return run;
    }

    @RepeatedTest(20)
    void aLargePageIsAcceptedWholeThroughAnyInterrupts(RepetitionInfo repetition) {
        assertGood(largeAccept(new Random(repetition.getCurrentRepetition()), Backing.AS_ASKED, TdxFeature.INTERRUPTS));
    }

    @RepeatedTest(20)
    void aLargePageIsAcceptedByPartsWhereTheHostHasSmallOnes(RepetitionInfo repetition) {
        assertGood(
                largeAccept(new Random(repetition.getCurrentRepetition()), Backing.ALWAYS_4K, TdxFeature.SEPT_PAGES));
    }
}
