package org.ringfence.machine.tdx;

import java.util.Optional;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.abi.TdxStatus;

/**
 * TDG.MEM.PAGE.ACCEPT, TDCALL leaf 6: zeroes a pending page and maps it. Memory is zeroed only where the status is 0.
 *
 * <p>Where there is nothing to accept the vCPU leaves for the host, and asks again when it is resumed; so it does when an interrupt comes between
 * two 4K pages of a 2M one, and then goes on where it was unless the host has blocked the page meanwhile.
 *
 * <p>Source: TDX module 1.5.01, tdg_mem_page_accept.c.
 *
 * @param rcx the entry, of level 4K or 2M; level 1G is refused
 */
public record TdgMemPageAccept(long rcx) implements SeptCall<TdgMemPageAccept.Result> {

    /** How TDG.MEM.PAGE.ACCEPT ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_OPERAND_INVALID_RCX,
        /** The host holds the lock of the entry. */
        TDX_OPERAND_BUSY_RCX,
        /** A 2M page was asked for, and there are 4K entries. */
        TDX_PAGE_SIZE_MISMATCH_2M,
        /** Informs: the page is mapped, by an entry of 4K. */
        TDX_PAGE_ALREADY_ACCEPTED,
        /** Informs: the page is mapped, by an entry of 2M. */
        TDX_PAGE_ALREADY_ACCEPTED_2M;

        /** Whether this says that the page had been accepted before, at either level. */
        public boolean isAlreadyAccepted() {
            return status() == TdxStatus.TDX_PAGE_ALREADY_ACCEPTED;
        }
    }

    /** For the page of {@code level} at {@code gpa}. */
    public TdgMemPageAccept(long gpa, Level level) {
        this(SeptOperand.rcx(gpa, level));
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
        tdx.requireL1(actor, this);
        if (!SeptOperand.isValid(rcx, Level.SIZE_2M.ordinal())) {
            return state -> tdx.runs(state, actor) ? Result.TDX_OPERAND_INVALID_RCX.ordinal() : Outcome.WAITS;
        }
        Optional<Ledger> ledger = machine.find(Ledger.class);
        int page = tdx.page(rcx);
        Level level = SeptOperand.typed(rcx);
        return state -> tdx.runs(state, actor) ? accept(tdx, ledger, state, actor.index(), page, level) : Outcome.WAITS;
    }

    private static long accept(Tdx tdx, Optional<Ledger> ledger, State state, int vcpu, int page, Level level) {
        Level reached = tdx.reached(state, page, level);
        SeptState found = tdx.state(state, page, reached);
        if (reached != level) {
            return found == SeptState.MAPPED
                    ? Result.TDX_PAGE_ALREADY_ACCEPTED_2M.ordinal()
                    : violation(tdx, state, vcpu, page, level, reached, found);
        }
        if (tdx.isLocked(state, page, level)) {
            return Result.TDX_OPERAND_BUSY_RCX.ordinal();
        }
        return switch (found) {
            case NL_MAPPED, NL_BLOCKED -> Result.TDX_PAGE_SIZE_MISMATCH_2M.ordinal();
            case MAPPED -> level == Level.SIZE_4K
                    ? Result.TDX_PAGE_ALREADY_ACCEPTED.ordinal()
                    : Result.TDX_PAGE_ALREADY_ACCEPTED_2M.ordinal();
            case FREE, BLOCKED, PENDING_BLOCKED -> violation(tdx, state, vcpu, page, level, reached, found);
            case PENDING -> zero(tdx, ledger, state, vcpu, page, level);
        };
    }

    private static long violation(
            Tdx tdx, State state, int vcpu, int page, Level level, Level reached, SeptState found) {
        tdx.vcpus().exit(state, vcpu, ExitReason.ACCEPT_EPT_VIOLATION, page, level, reached, found);
        return Outcome.EXITS;
    }

    private static long zero(Tdx tdx, Optional<Ledger> ledger, State state, int vcpu, int page, Level level) {
        SeptTable table = tdx.table(level);
        int index = tdx.index(page, level);
        int frame = table.frame().get(state, index);
        int from = table.accepted().get(state, index);
        int pending = level == Level.SIZE_4K ? 0 : tdx.vcpus().interruptAfter().get(state, vcpu);
        boolean interrupted = pending > 0 && from + pending < table.span();
        int to = interrupted ? from + pending : table.span();
        for (int i = from; i < to; i++) {
            tdx.memory().write(state, frame + i, Value.ZERO, tdx.keyId());
        }
        if (interrupted) {
            table.accepted().set(state, index, to);
            tdx.vcpus().exit(state, vcpu, ExitReason.EXTERNAL_INTERRUPT);
            return Outcome.EXITS;
        }
        table.accepted().set(state, index, 0);
        table.state().set(state, index, SeptState.MAPPED);
        if (ledger.isPresent()) {
            for (int i = 0; i < table.span(); i++) {
                ledger.get().zeroed(state, page + i);
            }
        }
        return Result.TDX_SUCCESS.ordinal();
    }

    @Override
    public Registers registers(Machine machine, State before, long code) {
        return Registers.of(Result.values()[(int) code].rax());
    }

    @Override
    public String mnemonic() {
        return "TDG.MEM.PAGE.ACCEPT";
    }

    @Override
    public String toString() {
        return mnemonic() + " " + SeptOperand.print(rcx);
    }
}
