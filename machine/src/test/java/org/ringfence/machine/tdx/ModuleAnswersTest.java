package org.ringfence.machine.tdx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.After;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.module.HoldModuleLock;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.ModuleLocks.Kind;
import org.ringfence.machine.tdx.module.Tdr;
import org.ringfence.machine.tdx.module.WordMap;
import org.ringfence.machine.tdx.seamcall.TablesCall;
import org.ringfence.machine.tdx.seamcall.TdSeamcalls;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable.Lock;
import org.ringfence.machine.tdx.td.L2Access;
import org.ringfence.machine.tdx.td.OpState;
import org.ringfence.machine.tdx.td.TdOptions;
import org.ringfence.machine.tdx.td.TdParams;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;
import org.ringfence.machine.tdx.tdcall.Tdcalls;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAttrWr;
import org.ringfence.machine.tdx.tdcall.TdgVpEnter;

/**
 * What the published TDX module 1.5.01 answers where it is easy to guess something else. Each test stands for a kind of
 * line in the recordings, or for a check of the module's source that no recording reaches.
 */
class ModuleAnswersTest {
    private static final long TDR = 0x409F_F000L;
    private static final long TDCX = 0x409F_E000L;
    private static final long FREE_PAGE = 0x4020_0000L;
    private static final long PAGE_ADD = 2;
    private static final long SEPT_ADD = 3;
    private static final long RELOCATE = 5;
    private static final long AUG = 6;
    private static final long BLOCK = 7;
    private static final long DEMOTE = 0xF;
    private static final long PROMOTE = 0x17;
    private static final long RDMD = 0x18;
    private static final long SEPT_RD = 0x19;
    private static final long RECLAIM = 0x1C;
    private static final long REMOVE = 0x1D;
    private static final long SEPT_REMOVE = 0x1E;
    private static final long TRACK = 0x26;
    private static final long UNBLOCK = 0x27;
    private static final long BUSY_RCX = 0x8000_0200_0000_0001L;
    private static final long BUSY_R8 = 0x8000_0200_0000_0008L;
    private static final long INVALID_RDX = 0xC000_0100_0000_0002L;
    private static final long INVALID_R8 = 0xC000_0100_0000_0008L;
    private static final long RANGE_R8 = 0xC000_0101_0000_0008L;
    private static final long METADATA_RCX = 0xC000_0300_0000_0001L;
    private static final long METADATA_R8 = 0xC000_0300_0000_0008L;

    /** One whose TD has tables down to 2M. */
    private static RecordedMachine withTables() {
        RecordedMachine machine = new RecordedMachine();
        succeeds(machine, SEPT_ADD, 3, TDR, FREE_PAGE, 0);
        succeeds(machine, SEPT_ADD, 2, TDR, FREE_PAGE + 0x1000, 0);
        return machine;
    }

    private static void succeeds(RecordedMachine machine, long leaf, long rcx, long rdx, long r8, long r9) {
        assertThat(machine.call(leaf, rcx, rdx, r8, r9).rax()).isZero();
    }

    private static long rax(RecordedMachine machine, long leaf, long rcx, long rdx, long r8) {
        return machine.call(leaf, rcx, rdx, r8, 0).rax();
    }

    // ---- item 1: pages that are locked

    @Test
    void theTdrThatALeafHoldsItselfIsBusyAsAPage() {
        RecordedMachine machine = withTables();
        succeeds(machine, SEPT_ADD, 0x20_0001, TDR, FREE_PAGE + 0x2000, 0);
        assertThat(rax(machine, SEPT_ADD, 1, TDR, TDR)).as("SEPT.ADD").isEqualTo(BUSY_R8);
        assertThat(machine.call(PAGE_ADD, 0x20_0000, TDR, TDR, 0x4090_0000L).rax()).as("ADD").isEqualTo(BUSY_R8);
        machine.run();
        assertThat(rax(machine, AUG, 0x20_0000, TDR, TDR)).as("AUG").isEqualTo(BUSY_R8);
        assertThat(rax(machine, AUG, 1, TDR, 0x4080_0000L)).as("AUG of the 2M around it").isEqualTo(BUSY_R8);
        succeeds(machine, AUG, 0x20_0000, TDR, FREE_PAGE + 0x3000, 0);
        succeeds(machine, BLOCK, 0x20_0000, TDR, 0, 0);
        succeeds(machine, TRACK, TDR, 0, 0, 0);
        assertThat(rax(machine, RELOCATE, 0x20_0000, TDR, TDR)).as("RELOCATE").isEqualTo(BUSY_R8);
        succeeds(machine, AUG, 1, TDR, 0x4040_0000L, 0);
        succeeds(machine, BLOCK, 1, TDR, 0, 0);
        succeeds(machine, TRACK, TDR, 0, 0, 0);
        assertThat(rax(machine, DEMOTE, 1, TDR, TDR)).as("DEMOTE").isEqualTo(BUSY_R8);
    }

    @Test
    void aTdcxIsNotLockedAndThereforeOfAnotherType() {
        RecordedMachine machine = withTables();
        assertThat(rax(machine, SEPT_ADD, 1, TDR, TDCX)).isEqualTo(METADATA_R8);
    }

    @Test
    void whatAVcpuOfAnotherTdHoldsIsBusyAsAPage() {
        Td td = Td.withModule(
                new Geometry(2, 12, 1), List.of(1, 1),
                TdOptions.of(Td.features(TdxFeature.TLB_TRACKING)), MemoryOptions.plain(Td.KEY_IDS.last()));
        State state = td.start();
        int other = td.tdx().geometry().frames() - 9;
        td.module().create(td.machine(), state, Td.KEY_IDS.last(), Tdr.LEAST_TDCX, other);
        Tdx second = td.tds().get(1);
        td.tdx().control().initialize(state, TdParams.of(1));
        second.control().initialize(state, TdParams.of(1));
        long tdr = td.module().map().hpa(td.tdx().geometry().frames() - 1);
        long otherTdr = td.module().map().hpa(other);
        Registers giveOther = new Registers(AUG, 0, tdr, otherTdr, 0, 0, 0, 0, 0, 0, 0);
        assertThat(call(td, state, giveOther).rax()).as("nobody is inside").isEqualTo(METADATA_R8);
        second.vcpus().enter(state, 0);
        assertThat(call(td, state, giveOther).rax()).as("a vCPU is").isEqualTo(BUSY_R8);
        assertThat(call(td, state, give(AUG, 0, tdr, td.module().map().hpa(0))).rax())
                .as("a page that nobody holds").isZero();
    }

    private static Registers call(Td td, State state, Registers in) {
        After after = TdSeamcalls.of(new WordMap())
                .seamcall(td.machine(), state, new Actor(0, Principal.HOST, "host"), in);
        return switch (after) {
            case After.Returned(Registers out) -> out;
            case After.Left() -> throw new IllegalStateException("it left");
        };
    }

    // ---- item 2: the operand of a page

    @ParameterizedTest
    @ValueSource(longs = {0x100_0000_1000L, 0x5000, 0x10_0000_0000_0000L})
    void aPageOf2MIsAlignedBeforeItsRangeIsLookedAt(long r8) {
        assertThat(rax(withTables(), AUG, 1, TDR, r8)).isEqualTo(INVALID_R8);
    }

    @Test
    void aPageOutsideTheTdmrsIsOutOfRange() {
        RecordedMachine machine = withTables();
        assertThat(rax(machine, AUG, 1, TDR, 0x1_0000_0000L)).isEqualTo(RANGE_R8);
        assertThat(rax(machine, SEPT_ADD, 1, TDR, 0x5000)).isEqualTo(RANGE_R8);
    }

    @Test
    void septAddInVersion0PassesOverATableThatIsThereWhereRdxAllows() {
        RecordedMachine machine = withTables();
        assertThat(rax(machine, SEPT_ADD, 2, TDR, FREE_PAGE + 0x2000)).isEqualTo(0xC000_0B0D_0000_0001L);
        assertThat(machine.call(SEPT_ADD, 2, TDR | 1, FREE_PAGE + 0x2000, 0).rax()).isZero();
        assertThat(rax(machine, RDMD, FREE_PAGE + 0x2000, 0, 0)).isZero();
        assertThat(machine.call(RDMD, FREE_PAGE + 0x2000, 0, 0, 0).rcx()).as("the page is not used").isZero();
        assertThat(rax(machine, SEPT_ADD, 2, TDR | 2, FREE_PAGE + 0x2000)).as("bit 1 is reserved")
                .isEqualTo(INVALID_RDX);
    }

    @Test
    void septAddIgnoresBit63OfR8AndRefusesNoPageInVersion0() {
        RecordedMachine machine = withTables();
        assertThat(rax(machine, SEPT_ADD, 1, TDR, TablesCall.UNUSED)).as("page 0").isEqualTo(RANGE_R8);
        assertThat(rax(machine, SEPT_ADD, 1, TDR, TablesCall.NULL_PA)).isEqualTo(INVALID_R8);
        assertThat(rax(machine, SEPT_ADD, 2, TDR, TablesCall.NULL_PA)).as("on a table").isEqualTo(INVALID_R8);
        assertThat(rax(machine, SEPT_ADD, 2, TDR | 1, TablesCall.NULL_PA)).as("with bit 0 of RDX")
                .isEqualTo(INVALID_R8);
        succeeds(machine, SEPT_ADD, 1, TDR, FREE_PAGE + 0x2000 | TablesCall.UNUSED, 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {PAGE_ADD, SEPT_ADD, AUG})
    void anAddressInAReservedAreaIsReservedWithOrWithoutAFrame(long leaf) {
        Td td = Td.withModule(
                new Geometry(4, 16, 2), 1, TdOptions.of(Td.features(TdxFeature.TABLES)).keeping(3));
        State state = td.start();
        td.tdx().control().initialize(state, TdParams.of(1));
        long tdr = td.module().map().hpa(td.tdx().geometry().frames() - 1);
        long hole = td.module().tdmrs().reservedStart(state, 0, 0);
        assertThat(td.module().map().frame(hole)).as("no frame lies there").isNegative();
        assertThat(call(td, state, give(SEPT_ADD, 2, tdr, td.module().map().hpa(0))).rax()).isZero();
        assertThat(call(td, state, give(SEPT_ADD, 1, tdr, td.module().map().hpa(1))).rax()).isZero();
        long level = leaf == SEPT_ADD ? 0x20_0001 : 0;
        assertThat(call(td, state, give(leaf, level, tdr, hole)).rax()).isEqualTo(METADATA_R8);
        assertThat(call(td, state, give(leaf, level, tdr, 0)).rax()).as("outside all").isEqualTo(RANGE_R8);
        assertThat(call(td, state, Registers.of(RECLAIM, hole, 0)).rax()).isEqualTo(METADATA_RCX);
        assertThat(call(td, state, Registers.of(RDMD, hole, 0)).rcx()).as("PT_RSVD").isEqualTo(1);
    }

    private static Registers give(long leaf, long rcx, long rdx, long r8) {
        return new Registers(leaf, rcx, rdx, r8, 0x4020_1000L, 0, 0, 0, 0, 0, 0);
    }

    // ---- item 3: locks of pages that nobody names

    @Test
    void aPageThatAnotherLeafHoldsIsNotTakenAwayAndNothingIsToldOfItsEntry() {
        RecordedMachine machine = withTables();
        succeeds(machine, SEPT_ADD, 1, TDR, FREE_PAGE + 0x2000, 0);
        succeeds(machine, SEPT_ADD, 0x20_0001, TDR, FREE_PAGE + 0x3000, 0);
        machine.run();
        succeeds(machine, AUG, 0, TDR, FREE_PAGE + 0x4000, 0);
        machine.hold(new HoldModuleLock(Kind.PAGE, machine.frame(FREE_PAGE + 0x4000), Held.SHARED));
        assertThat(machine.call(REMOVE, 0, TDR, 0, 0)).as("before its state is looked at")
                .isEqualTo(told(BUSY_RCX, 0, 0));
        assertThat(machine.call(RELOCATE, 0, TDR, FREE_PAGE + 0x5000, 0).rax()).isEqualTo(BUSY_RCX);
        machine.hold(new HoldModuleLock(Kind.PAGE, machine.frame(FREE_PAGE + 0x3000), Held.SHARED));
        assertThat(machine.call(SEPT_REMOVE, 0x20_0001, TDR, 0, 0)).isEqualTo(told(BUSY_RCX, 0, 0));
        assertThat(machine.call(PROMOTE, 0x20_0001, TDR, 0, 0)).isEqualTo(told(BUSY_RCX, 0, 0));
    }

    @Test
    void aLargePageThatAnotherLeafHoldsIsSplitNoSoonerThanItIsFree() {
        RecordedMachine machine = withTables();
        machine.run();
        succeeds(machine, AUG, 1, TDR, 0x4040_0000L, 0);
        succeeds(machine, BLOCK, 1, TDR, 0, 0);
        succeeds(machine, TRACK, TDR, 0, 0, 0);
        machine.hold(new HoldModuleLock(Kind.PAGE, machine.frame(0x4040_0000L), Held.SHARED));
        assertThat(rax(machine, DEMOTE, 1, TDR, TDCX)).as("R8 is looked at first").isEqualTo(METADATA_R8);
        assertThat(machine.call(DEMOTE, 1, TDR, FREE_PAGE + 0x2000, 0).rax()).isEqualTo(BUSY_RCX);
        machine.hold(new HoldModuleLock(Kind.PAGE, machine.frame(0x4040_0000L), Held.FREE));
        succeeds(machine, DEMOTE, 1, TDR, FREE_PAGE + 0x2000, 0);
    }

    @Test
    void promoteMakesAGuestGiveWayAtTheChildThatItFindsLocked() {
        RecordedMachine machine = ofPages();
        machine.lock(7, Lock.GUEST);
        machine.setHostPriority(3, true);
        succeeds(machine, BLOCK, 1, TDR, 0, 0);
        succeeds(machine, TRACK, TDR, 0, 0, 0);
        assertThat(rax(machine, PROMOTE, 1, TDR, 0)).isEqualTo(BUSY_RCX);
        assertThat(machine.hostPriority(7)).as("the child that was locked").isTrue();
        assertThat(machine.hostPriority(3)).as("one that was locked and let go").isFalse();
        assertThat(machine.hostPriority(8)).as("one behind it").isFalse();
    }

    @Test
    void hostPriorityDoesNotSurvivePromoteAndDemote() {
        RecordedMachine machine = ofPages();
        machine.setHostPriority(0, true);
        machine.setHostPriority(511, true);
        succeeds(machine, BLOCK, 1, TDR, 0, 0);
        succeeds(machine, TRACK, TDR, 0, 0, 0);
        succeeds(machine, PROMOTE, 1, TDR, 0, 0);
        succeeds(machine, BLOCK, 1, TDR, 0, 0);
        succeeds(machine, TRACK, TDR, 0, 0, 0);
        machine.setHostPriority(5, true);
        succeeds(machine, DEMOTE, 1, TDR, FREE_PAGE + 0x2000, 0);
        for (int page : List.of(0, 5, 511)) {
            assertThat(machine.hostPriority(page)).as("page " + page).isFalse();
        }
    }

    @Test
    void hostPriorityDoesNotSurviveAnotherTable() {
        RecordedMachine machine = withTables();
        machine.setHostPriority(2, true);
        succeeds(machine, SEPT_ADD, 1, TDR, FREE_PAGE + 0x2000, 0);
        assertThat(machine.hostPriority(2)).isFalse();
    }

    /** One with the 512 pages of the first 2M. */
    private static RecordedMachine ofPages() {
        RecordedMachine machine = withTables();
        succeeds(machine, SEPT_ADD, 1, TDR, FREE_PAGE + 0x2000, 0);
        machine.run();
        for (int page = 0; page < 512; page++) {
            succeeds(machine, AUG, page * 0x1000L, TDR, 0x4040_0000L + page * 0x1000L, 0);
        }
        return machine;
    }

    // ---- item 4: registers

    @Test
    void registersThatALeafDoesNotAssignKeepTheirValue() {
        RecordedMachine machine = new RecordedMachine();
        assertThat(machine.call(TRACK, TDR, 7, 8, 9)).as("TRACK").isEqualTo(
                new Registers(0, TDR, 7, 8, 9, -1, -1, 0, 0, 0, 0));
        assertThat(machine.call(PROMOTE, 0, TDR, 8, 9)).as("PROMOTE, version 0").isEqualTo(
                new Registers(0xC000_0100_0000_0001L, 0, 0, 8, 9, -1, -1, 0, 0, 0, 0));
        assertThat(machine.call(0x1_0000 | PROMOTE, 0, TDR, 8, 9).r9()).as("PROMOTE, version 1").isEqualTo(-1);
        assertThat(machine.call(UNBLOCK, 0, TDR, 8, 9)).as("UNBLOCK").isEqualTo(
                new Registers(0xC000_0B00_0000_0001L, 1L << 63, 3, 8, 9, -1, -1, 0, 0, 0, 0));
    }

    @Test
    void aCallOfAModuleThatIsNotReadyChangesNoRegister() {
        Td td = Td.withModule(new Geometry(2, 12, 1), 1, TdOptions.of(Td.features()));
        State state = td.layout().newState();
        Registers in = new Registers(AUG, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(call(td, state, in)).isEqualTo(in.withRax(0xC000_0505_0000_0000L));
    }

    @Test
    void aRefusedRemoveOrDemoteTellsAPendingPageWithoutItsCounter() {
        RecordedMachine machine = withTables();
        machine.run();
        succeeds(machine, AUG, 1, TDR, 0x4040_0000L, 0);
        machine.enter();
        assertThat(machine.accept(1, 0x8B)).startsWith("exit 1 ");
        Registers told = told(0xC000_0B06_0000_0001L, 0x8000_0000_4040_00F0L, 0x201);
        assertThat(machine.call(REMOVE, 1, TDR, 0, 0)).isEqualTo(told);
        assertThat(machine.call(DEMOTE, 1, TDR, 0, 0)).isEqualTo(
                new Registers(told.rax(), told.rcx(), told.rdx(), 0, -1, -1, -1, 0, 0, 0, 0));
        assertThat(machine.call(SEPT_RD, 1, TDR, 0, 0).rcx()).as("SEPT.RD tells it")
                .isEqualTo(0x8000_0000_4048_B0F0L);
    }

    // ---- item 5: who calls

    /** A machine whose first TD has two vCPUs, each of which is built by registers from a logical CPU of its own. */
    private static Td withTwoVcpus(State[] state) {
        Td td = Td.withModule(new Geometry(2, 16, 1), 2, TdOptions.of(Td.features(TdxFeature.TLB_TRACKING)));
        state[0] = td.start();
        TdParams one = TdParams.of(2);
        td.tdx().control().initialize(state[0], one);
        for (int vcpu = 0; vcpu < 2; vcpu++) {
            long tdvpr = vcpuPage(vcpu, 0);
            assertThat(on(td, state[0], vcpu, Registers.of(0xA, tdvpr, tdr(td)))).isZero();
            for (int page = 1; page < 6; page++) {
                assertThat(on(td, state[0], 2, Registers.of(4, vcpuPage(vcpu, page), tdvpr))).isZero();
            }
            assertThat(on(td, state[0], vcpu, Registers.of(0x16, tdvpr, 0))).isZero();
        }
        return td;
    }

    private static long vcpuPage(int vcpu, int page) {
        return 0x4000_0000L + (vcpu * 6L + page) * 0x1000;
    }

    private static long tdr(Td td) {
        return td.module().map().hpa(td.tdx().geometry().frames() - 1);
    }

    private static long on(Td td, State state, int lp, Registers in) {
        After after = TdSeamcalls.of(new WordMap())
                .seamcall(td.machine(), state, new Actor(lp, Principal.HOST, "host"), in);
        return switch (after) {
            case After.Returned(Registers out) -> out.rax();
            case After.Left() -> -1;
        };
    }

    @Test
    void aVcpuIsAssociatedWithTheLogicalCpuThatCalls() {
        State[] state = new State[1];
        Td td = withTwoVcpus(state);
        assertThat(td.tdx().vps().cpu(state[0], 0)).isZero();
        assertThat(td.tdx().vps().cpu(state[0], 1)).isEqualTo(1);
        td.tdx().control().op().set(state[0], OpState.RUNNABLE);
        assertThat(on(td, state[0], 0, Registers.of(0, vcpuPage(1, 0), 0))).as("VP.ENTER elsewhere")
                .isEqualTo(0x8000_0701_0000_0000L);
        assertThat(on(td, state[0], 0, Registers.of(0x12, vcpuPage(1, 0), 0))).as("VP.FLUSH elsewhere")
                .isEqualTo(0x8000_0702_0000_0000L);
        assertThat(on(td, state[0], 1, Registers.of(0, vcpuPage(1, 0), 0))).as("it enters").isEqualTo(-1);
    }

    @Test
    void aTdWithTwoVcpusIsTornDownByRegistersFromAnyLogicalCpu() {
        State[] state = new State[1];
        Td td = withTwoVcpus(state);
        assertThat(on(td, state[0], 2, Registers.of(0x13, tdr(td), 0))).as("VPFLUSHDONE too early")
                .isEqualTo(0x8000_0824_0000_0000L);
        for (int vcpu = 0; vcpu < 2; vcpu++) {
            assertThat(on(td, state[0], vcpu, Registers.of(0x12, vcpuPage(vcpu, 0), 0))).as("VP.FLUSH").isZero();
        }
        assertThat(on(td, state[0], 2, Registers.of(0x13, tdr(td), 0))).as("VPFLUSHDONE").isZero();
        assertThat(on(td, state[0], 0, Registers.of(0x28, 0, 0))).as("CACHE.WB").isZero();
        assertThat(on(td, state[0], 1, Registers.of(0x14, tdr(td), 0))).as("KEY.FREEID").isZero();
        for (int vcpu = 0; vcpu < 2; vcpu++) {
            for (int page = 5; page >= 0; page--) {
                assertThat(on(td, state[0], 2, Registers.of(RECLAIM, vcpuPage(vcpu, page), 0))).isZero();
            }
        }
        for (int page = 1; page <= Tdr.LEAST_TDCX; page++) {
            assertThat(on(td, state[0], 0, Registers.of(RECLAIM, tdr(td) - page * 0x1000L, 0))).isZero();
        }
        assertThat(on(td, state[0], 1, Registers.of(RECLAIM, tdr(td), 0))).as("the TDR").isZero();
    }

    @Test
    void anActorThatIsNoLogicalCpuIsRefused() {
        State[] state = new State[1];
        Td td = withTwoVcpus(state);
        assertThatThrownBy(() -> on(td, state[0], 3, Registers.of(0x12, vcpuPage(0, 0), 0)))
                .hasMessage(
                        "host calls from logical CPU 3, which the machine does not have; it has 3, numbered from 0");
    }

    // ---- item 7: flags of TDH.VP.ENTER

    @Test
    void enterRefusesTheFlagsOfRcxWhereTheyHaveNoMeaning() {
        State[] state = new State[1];
        Td td = withTwoVcpus(state);
        td.tdx().control().op().set(state[0], OpState.RUNNABLE);
        for (int bit = 52; bit < 55; bit++) {
            assertThat(on(td, state[0], 0, Registers.of(0, vcpuPage(0, 0) | 1L << bit, 0))).as("bit " + bit)
                    .isEqualTo(0xC000_0100_0000_0001L);
        }
    }

    @Test
    void enterWithResumeL1BringsAnL2ThatHasLeftToL1() {
        Td td = Td.withModule(
                new Geometry(2, 16, 1), 1, TdOptions.of(Td.features(TdxFeature.L2_VM, TdxFeature.L2_ENTRY)));
        State state = td.start();
        TdParams one = TdParams.of(1);
        td.tdx().control().initialize(state, new TdParams(
                one.attributes(), one.xfam(), 1, 1, 0, one.eptpControls(), one.tscFrequency(), true));
        assertThat(on(td, state, 0, Registers.of(0xA, vcpuPage(0, 0), tdr(td)))).isZero();
        td.tdx().vps().pages().set(state, 0, 9);
        td.tdx().vps().ready().set(state, 0, true);
        td.tdx().control().op().set(state, OpState.RUNNABLE);
        td.tdx().inside().vm().set(state, 0, 1);
        assertThat(on(td, state, 0, Registers.of(0, vcpuPage(0, 0) | 1L << 53, 0))).as("it enters").isEqualTo(-1);
        assertThat(td.tdx().inside().l2(state, 0)).as("the L2 VM that runs").isZero();
    }

    // ---- item 6: L2 VMs

    /** A TD with one L2 VM, on a machine that has room for two; page 0 is mapped, its vCPU inside. */
    private static State withOneL2(Td td) {
        State state = td.start();
        TdParams one = TdParams.of(1);
        td.tdx().control().initialize(state, new TdParams(
                TdParams.DEBUG, one.xfam(), 1, 1, 0, one.eptpControls(), one.tscFrequency(), true));
        td.tdx().control().op().set(state, OpState.RUNNABLE);
        td.tdx().put(state, 0, 0, SeptState.MAPPED, 0);
        td.tdx().vps().ready().set(state, 0, true);
        td.tdx().vcpus().enter(state, 0);
        return state;
    }

    private static Td roomForTwoL2() {
        return Td.withModule(
                new Geometry(2, 12, 1), 1,
                TdOptions.of(Td.features(TdxFeature.L2_VM, TdxFeature.L2_ENTRY)).withL2Vms(2));
    }

    @Test
    void theTdsOwnNumberOfL2VmsDecidesWhatItsGuestMayName() {
        Td td = roomForTwoL2();
        State state = withOneL2(td);
        long read = TdgMemPageAttrWr.grant(0, Level.SIZE_4K, L2Access.READ).rdx();
        long mask = TdgMemPageAttrWr.grant(0, Level.SIZE_4K, L2Access.READ).r8();
        assertThat(guest(td, state, Registers.of(24, 0, read << 16))).as("ATTR.WR of VM 2").isEqualTo(INVALID_RDX);
        assertThat(guest(td, state, new Registers(24, 0, 0, mask << 16, 0, 0, 0, 0, 0, 0, 0))).as("its mask")
                .isEqualTo(INVALID_R8);
        assertThat(guest(td, state, Registers.of(26, 4, 0))).as("INVEPT").isEqualTo(0xC000_0100_0000_0001L);
        assertThat(guest(td, state, Registers.of(26, 2, 0))).as("INVEPT of VM 1").isZero();
        assertThat(td.byGuest(state, new TdgVpEnter(2)))
                .isEqualTo(TdgVpEnter.Result.TDX_OPERAND_INVALID_RCX.ordinal());
        assertThat(guest(td, state, new Registers(24, 0, read, mask, 0, 0, 0, 0, 0, 0, 0))).isZero();
    }

    @Test
    void septRdTellsWhatL1PermitsWhereRdxAsksAndTheTdIsUnderDebug() {
        Td td = roomForTwoL2();
        State state = withOneL2(td);
        td.tdx().sept().permit(state, 0, 0, 1, L2Access.READ.bits());
        long tdr = td.module().map().hpa(td.tdx().geometry().frames() - 1);
        assertThat(call(td, state, give(SEPT_RD, 0, tdr, 5)).r8()).as("not asked").isEqualTo(5);
        assertThat(call(td, state, give(SEPT_RD, 0, tdr | 1, 5)).r8()).isEqualTo(0x8001_0000L);
        td.tdx().control().debug().set(state, 0, false);
        assertThat(call(td, state, give(SEPT_RD, 0, tdr | 1, 5))).as("of any other TD")
                .isEqualTo(new Registers(INVALID_RDX, 0, 0, 5, 0x4020_1000L, 0, 0, 0, 0, 0, 0));
    }

    private static long guest(Td td, State state, Registers in) {
        return switch (Tdcalls.tdcall(td.machine(), state, td.vcpus().getFirst(), in)) {
            case After.Returned(Registers out) -> out.rax();
            case After.Left() -> throw new IllegalStateException("it left");
        };
    }

    private static Registers told(long rax, long rcx, long rdx) {
        return new Registers(rax, rcx, rdx, 0, 0, -1, -1, 0, 0, 0, 0);
    }
}
