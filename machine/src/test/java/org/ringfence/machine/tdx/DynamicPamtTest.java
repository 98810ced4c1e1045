package org.ringfence.machine.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.After;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.law.PagesHaveOneOwner;
import org.ringfence.machine.tdx.law.PamtPagesAreKept;
import org.ringfence.machine.tdx.module.HoldModuleLock;
import org.ringfence.machine.tdx.module.ModuleLocks;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.WordMap;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPamtAdd;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPamtRemove;
import org.ringfence.machine.tdx.seamcall.TdSeamcalls;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhMemPageDemote;
import org.ringfence.machine.tdx.seamcall.TdhMemPageDemoteWithPamt;
import org.ringfence.machine.tdx.seamcall.TdhMemPageDemoteWithPamt.Result;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeBlock;
import org.ringfence.machine.tdx.seamcall.TdhMemSeptAdd;
import org.ringfence.machine.tdx.seamcall.TdhMngInit;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.td.OpState;
import org.ringfence.machine.tdx.td.TdOptions;
import org.ringfence.machine.tdx.td.TdParams;
import org.ringfence.machine.tdx.td.TdxFeature;

/**
 * Dynamic PAMT as a TD's host meets it: what a page without PAMT is refused with, pages of 2M that become 4K and back,
 * and the hint. Values: TDX module, commit 1666adc, helpers.c (non_shared_hpa_metadata_check_and_lock), pamt_manager.c
 * (pamt_demote, pamt_promote), tdh_mem_page_remove.c.
 */
class DynamicPamtTest {
    private static final Geometry GEOMETRY = new Geometry(4, 28, 2);
    private static final long HINT = 1L << 62;

    private final Td td = Td.withDynamicPamt(GEOMETRY, 1, TdOptions.of(
            EnumSet.of(TdxFeature.TABLES, TdxFeature.TLB_TRACKING, TdxFeature.ENTRY_LOCKS, TdxFeature.TD_LOCKS)));
    private final State state = td.start();
    private final Set<Result> demoted = EnumSet.noneOf(Result.class);

    /** A TD that runs, as far as its memory goes, and a pair for the 2M of frame 0. */
    DynamicPamtTest() {
        byHost(new TdhMngInit(0, TdParams.of(1)));
        td.tdx().control().op().set(state, OpState.RUNNABLE);
        addPair(0, 8, 9);
    }

    private TdxStatus byHost(ModuleCall<?> call) {
        return TdxStatus.of(call.rax(((Operation<?>) call).on(td.machine(), td.host()).take(state))).orElseThrow();
    }

    private long hpa(int frame) {
        return td.module().map().hpa(frame);
    }

    private void addPair(int of, int first, int second) {
        assertThat(byHost(TdhPhymemPamtAdd.of(hpa(of), hpa(first), hpa(second)))).isEqualTo(TdxStatus.TDX_SUCCESS);
    }

    private TdxStatus augment(long gpa, Level level, int frame) {
        return byHost(new TdhMemPageAug(gpa, level, new Frame(frame)));
    }

    private Registers raw(int leaf, long rcx, long r8, long r12, long r13) {
        long tdr = hpa(td.tdx().geometry().frames() - 1);
        Registers in = new Registers(leaf, rcx, tdr, r8, 0, 0, 0, r12, r13, 0, 0);
        return switch (TdSeamcalls.of(new WordMap()).seamcall(td.machine(), state, td.host(), in)) {
            case After.Returned(Registers out) -> out;
            case After.Left() -> throw new IllegalStateException("no vCPU is entered here");
        };
    }

    private Result demote(int frame, int first, int second) {
        return demote(state, SeptOperand.rcx(0, 1), frame, first, second);
    }

    private Result demote(State at, long rcx, int frame, int first, int second) {
        var call = new TdhMemPageDemoteWithPamt(0, rcx, new Frame(frame), new Frame(first), new Frame(second));
        Result result = Result.values()[(int) call.on(td.machine(), td.host()).take(at)];
        demoted.add(result);
        return result;
    }

    private void block(long gpa, Level level) {
        byHost(new TdhMemRangeBlock(0, SeptOperand.rcx(gpa, level.ordinal())));
        td.tdx().sept().table(level.ordinal()).age().set(
                state, td.tdx().sept().index((int) (gpa / Geometry.SMALL), level.ordinal()), 0);
    }

    private void requireLaws() {
        assertThat(new PamtPagesAreKept(td.module()).judge(state))
                .isEqualTo(new PamtPagesAreKept(td.module()).property().exercised());
        assertThat(PagesHaveOneOwner.of(td.machine()).judge(state))
                .isEqualTo(PagesHaveOneOwner.of(td.machine()).property().exercised());
    }

    @Test
    void aPageOf4KNeedsPamtAndAPageOf2MMustHaveNone() {
        assertThat(byHost(new TdhMemSeptAdd(Geometry.LARGE, Level.SIZE_2M, new Frame(2))))
                .isEqualTo(TdxStatus.TDX_MISSING_PAMT_PAGE_PAIR);
        assertThat(byHost(new TdhMemSeptAdd(Geometry.LARGE, Level.SIZE_2M, new Frame(0))))
                .isEqualTo(TdxStatus.TDX_SUCCESS);
        assertThat(augment(Geometry.LARGE, Level.SIZE_4K, 2)).isEqualTo(TdxStatus.TDX_MISSING_PAMT_PAGE_PAIR);
        addPair(2, 4, 5);
        assertThat(augment(Geometry.LARGE, Level.SIZE_4K, 2)).isEqualTo(TdxStatus.TDX_SUCCESS);
        assertThat(augment(Geometry.LARGE + Geometry.SMALL, Level.SIZE_4K, 9))
                .as("a PAMT page, in a 2M without PAMT").isEqualTo(TdxStatus.TDX_MISSING_PAMT_PAGE_PAIR);
        assertThat(augment(0, Level.SIZE_2M, 2)).as("2M with PAMT").isEqualTo(TdxStatus.TDX_PAGE_METADATA_INCORRECT);
        assertThat(augment(0, Level.SIZE_2M, 8)).as("PAMT pages").isEqualTo(TdxStatus.TDX_PAGE_METADATA_INCORRECT);
        assertThat(augment(0, Level.SIZE_2M, 6)).isEqualTo(TdxStatus.TDX_SUCCESS);
        requireLaws();
    }

    @Test
    void demoteTakesPamtPagesAndPromoteGivesThemBack() {
        assertThat(augment(0, Level.SIZE_2M, 2)).isEqualTo(TdxStatus.TDX_SUCCESS);
        block(0, Level.SIZE_2M);
        Registers out = raw(15, SeptOperand.rcx(0, 1), hpa(0), hpa(4), hpa(5));
        assertThat(out.rax()).isZero();
        assertThat(td.module().pamt().dynamic().isPamt(state, 4)).isTrue();
        requireLaws();
        assertThat(byHost(TdhPhymemPamtRemove.of(hpa(2)))).isEqualTo(TdxStatus.TDX_PAMT_PAGE_NOT_EMPTY);

        block(0, Level.SIZE_2M);
        out = raw(23, SeptOperand.rcx(0, 1), 0, 0x123, 0x456);
        assertThat(out.rax()).isZero();
        assertThat(out.rcx()).as("the table's page, the last in use of its 2M").isEqualTo(hpa(0) | HINT);
        assertThat(out.r12()).isEqualTo(hpa(4));
        assertThat(out.r13()).isEqualTo(hpa(5));
        assertThat(td.module().pamt().dynamic().isPamt(state, 4)).isFalse();
        requireLaws();
    }

    @Test
    void removeHintsThatNoPageOfIts2MIsInUse() {
        addPair(2, 4, 5);
        byHost(new TdhMemSeptAdd(0, Level.SIZE_2M, new Frame(0)));
        augment(0, Level.SIZE_4K, 2);
        augment(Geometry.SMALL, Level.SIZE_4K, 3);
        block(0, Level.SIZE_4K);
        block(Geometry.SMALL, Level.SIZE_4K);
        assertThat(raw(29, 0, 0, 0, 0).rcx()).as("frame 3 is still in use").isEqualTo(hpa(2));
        assertThat(raw(29, Geometry.SMALL, 0, 0, 0).rcx()).isEqualTo(hpa(3) | HINT);
        Registers removed = raw(59, hpa(2) | 1, 0, 0, 0);
        assertThat(removed.rax()).isZero();
        assertThat(removed.rdx()).isEqualTo(hpa(4));
        assertThat(removed.r8()).isEqualTo(hpa(5));
        requireLaws();
    }

    @Test
    void eachStatusOfDemoteWithPamtComesAbout() {
        int misaligned = FrameRef.NONE;
        int outside = FrameRef.NONE - 1;
        augment(0, Level.SIZE_2M, 2);
        assertThat(demote(0, 4, 5)).isEqualTo(Result.TDX_GPA_RANGE_NOT_BLOCKED_RCX);
        block(0, Level.SIZE_2M);
        assertThat(demote(6, 4, 5)).isEqualTo(Result.TDX_MISSING_PAMT_PAGE_PAIR_R8);
        assertThat(demote(0, misaligned, 5)).isEqualTo(Result.TDX_OPERAND_INVALID_R12);
        assertThat(demote(0, 4, misaligned)).isEqualTo(Result.TDX_OPERAND_INVALID_R13);
        assertThat(demote(0, outside, 5)).isEqualTo(Result.TDX_OPERAND_ADDR_RANGE_ERROR_R12);
        assertThat(demote(0, 4, outside)).isEqualTo(Result.TDX_OPERAND_ADDR_RANGE_ERROR_R13);
        assertThat(demote(0, 2, 5)).as("of the 2M itself").isEqualTo(Result.TDX_OPERAND_BUSY_R12);
        assertThat(demote(0, 4, 3)).as("of the 2M itself").isEqualTo(Result.TDX_OPERAND_BUSY_R13);
        int root = td.tdx().geometry().frames() - 1;
        assertThat(demote(0, root, 5)).isEqualTo(Result.TDX_PAGE_NOT_FREE_R12);
        assertThat(demote(0, 4, root)).isEqualTo(Result.TDX_PAGE_NOT_FREE_R13);
        assertThat(demote(0, 8, 5)).as("PAMT already").isEqualTo(Result.TDX_PAGE_NOT_FREE_R12);
        assertThat(demote(0, 4, 8)).as("PAMT already").isEqualTo(Result.TDX_PAGE_NOT_FREE_R13);
        assertThat(demote(0, 4, 4)).as("one page twice").isEqualTo(Result.TDX_PAGE_NOT_FREE_R13);
        State locked = state.snapshot();
        new HoldModuleLock(ModuleLocks.Kind.PAGE, 4, Held.EXCLUSIVE).on(td.machine(), td.host()).take(locked);
        assertThat(demote(locked, SeptOperand.rcx(0, 1), 0, 4, 5)).isEqualTo(Result.TDX_OPERAND_BUSY_R12);
        assertThat(new TdhMemPageDemote(0, SeptOperand.rcx(0, 1), new Frame(0)).on(td.machine(), td.host())
                .take(state)).as("without PAMT pages")
                .isEqualTo(TdhMemPageDemote.Result.TDX_OPERAND_INVALID_R12.ordinal());
        assertThat(demote(0, 4, 5)).isEqualTo(Result.TDX_SUCCESS);
        assertThat(demoted).containsAll(Arrays.stream(Result.values())
                .filter(result -> result.name().endsWith("R12") || result.name().endsWith("R13"))
                .toList());
    }
}
