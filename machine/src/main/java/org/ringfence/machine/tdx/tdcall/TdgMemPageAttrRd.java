package org.ringfence.machine.tdx.tdcall;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.td.LeafInSteps;
import org.ringfence.machine.tdx.td.LeafLocks;
import org.ringfence.machine.tdx.td.TdExitReason;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDG.MEM.PAGE.ATTR.RD, TDCALL leaf 23: tells L1 the size of a page (RCX[2:0]), whether it is pending (RCX[62]), and
 * what each L2 VM may do with it (RDX). Where there is none the vCPU leaves for the host. Source: TDX module 1.5.01,
 * tdg_mem_page_attr_rd.c.

 *
 * @param rcx an address of the page, 4K aligned
 */
public record TdgMemPageAttrRd(long rcx) implements ModuleCall<TdgMemPageAttrRd.Result> {

    /** How TDG.MEM.PAGE.ATTR.RD ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_OPERAND_INVALID_RCX,
        /** Someone holds the lock of the entry, or the host waits for it. */
        TDX_OPERAND_BUSY_RCX
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Leaf leaf(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, actor);
        tdx.requireL1(actor, this);
        int vcpu = tdx.vcpus().of(actor);
        boolean isPrivate = tdx.options().width().isPrivate(rcx);
        int page = isPrivate ? tdx.sept().page(rcx) : 0;
        Leaf oneStep = (state, outputs) -> tdx.runs(state, actor)
                ? ENDINGS.code(isPrivate ? read(tdx, state, vcpu, page, outputs) : Result.TDX_OPERAND_INVALID_RCX)
                : Outcome.WAITS;
        return LeafInSteps.has(tdx, actor)
                ? LeafInSteps.ofGuest(tdx, LeafLocks.TDG_MEM_PAGE_ATTR_RD, actor, isPrivate ? page : -1, 0).of(oneStep)
                : oneStep;
    }

    private Ending read(Tdx tdx, State state, int vcpu, int page, Outputs outputs) {
        Sept sept = tdx.sept();
        int level = sept.reached(state, page, 0);
        if (tdx.isLocked(state, page, level)) {
            return Result.TDX_OPERAND_BUSY_RCX;
        }
        SeptState found = sept.state(state, page, level);
        if (found != SeptState.MAPPED && found != SeptState.PENDING) {
            tdx.vcpus().exit(state, vcpu, TdExitReason.EPT_VIOLATION, page, 0, 0, SeptState.FREE);
            return NoReturn.TD_EXIT;
        }
        int head = sept.index(page, level) * sept.table(level).span();
        boolean pending = found == SeptState.PENDING;
        outputs.rcx(SeptOperand.rcx(tdx.geometry().gpa(head), level) | (pending ? TdgMemPageAttrWr.PENDING : 0));
        long words = 0;
        for (int vm = 1; vm <= tdx.l2Vms(state); vm++) {
            long attributes = sept.attributes(state, page, level, vm);
            words |= (attributes == 0 ? 0 : attributes | TdgMemPageAttrWr.VALID) << vm * TdgMemPageAttrWr.WORD;
        }
        outputs.rdx(words);
        return Result.TDX_SUCCESS;
    }

    @Override
    public String mnemonic() {
        return "TDG.MEM.PAGE.ATTR.RD";
    }
}
