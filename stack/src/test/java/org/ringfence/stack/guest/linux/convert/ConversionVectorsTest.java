package org.ringfence.stack.guest.linux.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.operation.RunningCpu;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.td.RetryAddress;
import org.ringfence.machine.tdx.tdcall.ReadRetryAddress;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;
import org.ringfence.stack.guest.acceptance.HandOverEarlyMemory.On;
import org.ringfence.stack.guest.linux.convert.DirectMap.Entry;
import org.ringfence.stack.sync.LockOperation.TryReadLock;
import org.ringfence.stack.sync.Locks;

/** set_memory_decrypted, set_memory_encrypted and kexec, by the numbers that the vectors have: M11 to M13. */
class ConversionVectorsTest {
    private static final Geometry GEOMETRY = new Geometry(2, 2, 1);
    private static final long GPA = 0x1000;
    private static final int PAGE = 1;

    /** A kernel whose host and hardware answer as told. */
    private static final class Kernel extends RunningCpu {
        private final Layout.Placed<Machine> placed = Layout.of(Layout.Storage.LARGE, 2, 1, declaration -> {
            Cast cast = new Cast(List.of(new Actor(0, Principal.GUEST, "kernel"), OTHER), 2);
            Machine none = new Machine(List.of());
            return new Machine(List.of(
                    DirectMap.declare(declaration, GEOMETRY),
                    Locks.Named.of(SetMemory.LOCK).declare(declaration, none, cast)));
        });
        private final State state = placed.layout().newState();
        private final List<String> asked = new ArrayList<>();
        private long mapGpa = TdgVpVmcallMapGpa.SUCCESS;
        private long retry = GPA;
        private int accept;
        private long psc = PageStateChange.OK;

        static final Actor OTHER = new Actor(1, Principal.GUEST, "other CPU");
        private Actor actor = new Actor(0, Principal.GUEST, "kernel");

        @Override
        public <R> R ask(Operation<R> operation) {
            asked.add(operation.mnemonic());
            return operation.results().decode(outcome(operation), this);
        }

        private long outcome(Operation<?> operation) {
            return switch (operation) {
                case TdgVpVmcallMapGpa _ -> mapGpa;
                case ReadRetryAddress _ -> retry == RetryAddress.OUTSIDE ? GEOMETRY.pages() : GEOMETRY.page(retry);
                case TdgMemPageAccept _ -> accept;
                case PageStateChange _ -> psc;
                case Pvalidate _,Note _ -> 0;
                default -> operation.on(placed.machine(), actor).take(state);
            };
        }

        private <V> V run(Routine<V> routine) {
            return toTheEnd(routine);
        }

        private Entry entry() {
            return placed.machine().part(DirectMap.class).entry().get(state, PAGE);
        }
    }

    private final Kernel kernel = new Kernel();

    private ConversionErrno set(On on, Mapping to) {
        return kernel.run(SetMemory.linux(on, GEOMETRY, GPA, to));
    }

    @Test
    void m11AMapGpaThatFailsLeavesTheEntryShared() {
        kernel.mapGpa = 2;
        assertThat(set(On.TDX, Mapping.SHARED)).isEqualTo(ConversionErrno.EIO).hasToString("-EIO");
        assertThat(kernel.entry()).isEqualTo(Entry.SHARED);
        assertThat(kernel.asked).containsExactly(
                "try read lock", "note", "set PTE", "TDG.VP.VMCALL<MapGPA>", "read unlock");
    }

    @Test
    void aPageThatCannotBeTakenBackStaysShared() {
        assertThat(set(On.TDX, Mapping.SHARED)).isEqualTo(ConversionErrno.OK);
        kernel.mapGpa = 2;
        assertThat(set(On.TDX, Mapping.PRIVATE)).isEqualTo(ConversionErrno.EIO);
        assertThat(kernel.entry()).isEqualTo(Entry.SHARED);
        kernel.mapGpa = TdgVpVmcallMapGpa.SUCCESS;
        kernel.accept = TdgMemPageAccept.Result.TDX_PAGE_ALREADY_ACCEPTED.ordinal();
        assertThat(set(On.TDX, Mapping.PRIVATE)).isEqualTo(ConversionErrno.EIO);
        assertThat(kernel.entry()).isEqualTo(Entry.SHARED);
    }

    @Test
    void onTdxTheEntryGoesFirstToSharedAndLastToPrivate() {
        set(On.TDX, Mapping.SHARED);
        set(On.TDX, Mapping.PRIVATE);
        assertThat(kernel.asked).containsExactly(
                "try read lock", "note", "set PTE", "TDG.VP.VMCALL<MapGPA>", "read unlock",
                "try read lock", "TDG.VP.VMCALL<MapGPA>", "TDG.MEM.PAGE.ACCEPT", "note", "set PTE", "read unlock");
    }

    @Test
    void onSnpTheEntryGoesLastToSharedAndFirstToPrivate() {
        set(On.SNP, Mapping.SHARED);
        set(On.SNP, Mapping.PRIVATE);
        assertThat(kernel.asked).containsExactly(
                "try read lock", "note", "PVALIDATE", "PSC", "set PTE", "read unlock",
                "try read lock", "set PTE", "PSC", "PVALIDATE", "read unlock");
    }

    @Test
    void onSnpAHostThatRefusesEndsTheGuest() {
        kernel.psc = PageStateChange.ERROR;
        assertThatExceptionOfType(Panic.class).isThrownBy(() -> set(On.SNP, Mapping.SHARED))
                .withMessageStartingWith("terminate request (LINUX, PSC)");
    }

    @Test
    void aHostThatGetsNowhereIsAskedThreeTimes() {
        kernel.mapGpa = TdgVpVmcallMapGpa.RETRY;
        assertThat(set(On.TDX, Mapping.SHARED)).isEqualTo(ConversionErrno.EIO);
        assertThat(kernel.asked).filteredOn("TDG.VP.VMCALL<MapGPA>"::equals).hasSize(3);
    }

    @Test
    void aHostThatSendsTheGuestElsewhereIsNotFollowed() {
        kernel.mapGpa = TdgVpVmcallMapGpa.RETRY;
        kernel.retry = RetryAddress.OUTSIDE;
        assertThat(set(On.TDX, Mapping.SHARED)).isEqualTo(ConversionErrno.EIO);
        assertThat(kernel.asked).filteredOn("TDG.VP.VMCALL<MapGPA>"::equals).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void m12NothingIsConvertedOnceAKexecHasBegun(On on) {
        assertThat(kernel.run(new BeginKexec(false))).isTrue();
        kernel.asked.clear();
        kernel.actor = Kernel.OTHER;
        assertThat(set(on, Mapping.SHARED)).isEqualTo(ConversionErrno.EBUSY).hasToString("-EBUSY");
        assertThat(set(on, Mapping.PRIVATE)).isEqualTo(ConversionErrno.EBUSY);
        assertThat(kernel.asked).containsExactly("try read lock", "try read lock");
        assertThat(kernel.entry()).isEqualTo(Entry.PRIVATE);
    }

    @Test
    void m13AfterAnOopsAConversionInFlightIsNotWaitedFor() {
        kernel.actor = Kernel.OTHER;
        kernel.ask(new TryReadLock(SetMemory.LOCK));
        kernel.actor = new Actor(0, Principal.GUEST, "kernel");
        kernel.asked.clear();
        assertThat(kernel.run(new BeginKexec(true))).as("it warns, and goes on").isFalse();
        assertThat(kernel.asked).containsExactly("try lock");
    }
}
