package org.ringfence.machine.tdx.tdcall;

import java.util.Optional;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Value;
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
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.LeafInSteps;
import org.ringfence.machine.tdx.td.LeafLocks;
import org.ringfence.machine.tdx.td.TdExitReason;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDG.MEM.PAGE.ACCEPT, TDCALL leaf 6: zeroes a pending page and maps it. Memory is zeroed only where the status is 0.
 *
 * <p>Where there is nothing to accept the vCPU leaves for the host, and asks again when it is resumed; so it does when
 * an interrupt comes between two 4K pages of a 2M one, and then goes on where it was unless the host has blocked the
 * page meanwhile.
 *
 * <p>Source: TDX module 1.5.01, tdg_mem_page_accept.c.
 *
 * @param rcx the entry, of level 4K or 2M; level 1G is refused
 */
public record TdgMemPageAccept(long rcx) implements ModuleCall<TdgMemPageAccept.Result> {

    /** How TDG.MEM.PAGE.ACCEPT ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_OPERAND_INVALID_RCX,
        /** The host holds the lock of the entry. */
        TDX_OPERAND_BUSY_RCX,
        /** The page was removed by an import. */
        TDX_PAGE_SIZE_MISMATCH_4K,
        /** A 2M page was asked for, and there are 4K entries. */
        TDX_PAGE_SIZE_MISMATCH_2M,
        /** Informs: the page is mapped, by an entry of 4K. */
        TDX_PAGE_ALREADY_ACCEPTED,
        /** Informs: the page is mapped, by an entry of 2M. */
        TDX_PAGE_ALREADY_ACCEPTED_2M,
        /** Informs: the page is mapped, by an entry of 1G. */
        TDX_PAGE_ALREADY_ACCEPTED_1G;

        /** Whether this says that the page had been accepted before, at either level. */
        public boolean isAlreadyAccepted() {
            return status() == TdxStatus.TDX_PAGE_ALREADY_ACCEPTED;
        }
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);
    private static final int HIGHEST_LEVEL = 1;

    /** For the page of {@code level} at {@code gpa}. */
    public TdgMemPageAccept(long gpa, Level level) {
        this(SeptOperand.rcx(gpa, level.ordinal()));
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Leaf leaf(Machine machine, Actor actor) {
        Any any = any(machine, actor);
        Tdx tdx = any.tdx();
        boolean isValid = SeptOperand.isValid(rcx, 0, HIGHEST_LEVEL)
                && tdx.options().width().isPrivate(SeptOperand.gpa(rcx));
        int page = isValid ? tdx.sept().page(rcx) : -1;
        int level = SeptOperand.level(rcx);
        long invalid = ENDINGS.code(Result.TDX_OPERAND_INVALID_RCX);
        Leaf oneStep = isValid
                ? (state, _) -> any.take(state, page, level)
                : (state, _) -> tdx.runs(state, actor) ? invalid : Outcome.WAITS;
        return LeafInSteps.has(tdx, actor)
                ? LeafInSteps.ofGuest(tdx, LeafLocks.TDG_MEM_PAGE_ACCEPT, actor, page, level).of(oneStep)
                : oneStep;
    }

    /** The leaf for every page, on the vCPU that {@code actor} is: for those who call it millions of times. */
    public static Any any(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, actor);
        tdx.requireL1(actor, new TdgMemPageAccept(0));
        return new Any(
                tdx,
                actor,
                Ledger.of(machine, actor),
                tdx.vcpus().of(actor),
                tdx.guards().checks(TdxGuard.ACCEPT_ZEROES));
    }

    /** The leaf with operands that are well formed. */
    public record Any(Tdx tdx, Actor actor, Optional<Ledger> ledger, int vcpu, boolean zeroes) {

        /** The same on another vCPU of the TD. */
        public Any on(Actor other) {
            return new Any(tdx, other, ledger, tdx.vcpus().of(other), zeroes);
        }

        /**
         * Accepts the page of {@code level} that begins with {@code page}.
         *
         * @return a code as a {@link org.ringfence.machine.operation.Step} does
         */
        public long take(State state, int page, int level) {
            return tdx.runs(state, actor) ? ENDINGS.code(accept(state, page, level)) : Outcome.WAITS;
        }

        private Ending accept(State state, int page, int level) {
            Sept sept = tdx.sept();
            int reached = sept.reached(state, page, level);
            SeptState found = sept.state(state, page, reached);
            if (reached != level) {
                return found.isAccessible() ? already(reached) : violation(state, page, level, reached, found);
            }
            if (tdx.isLocked(state, page, level)) {
                return Result.TDX_OPERAND_BUSY_RCX;
            }
            if (found != SeptState.FREE && !found.isLeaf()) {
                return level == 0
                        ? Result.TDX_PAGE_SIZE_MISMATCH_4K
                        : Result.TDX_PAGE_SIZE_MISMATCH_2M;
            }
            if (found.isAccessible()) {
                return already(level);
            }
            return found.isAcceptable() ? zero(state, page, level) : violation(state, page, level, reached, found);
        }

        private static Result already(int level) {
            return switch (level) {
                case 0 -> Result.TDX_PAGE_ALREADY_ACCEPTED;
                case 1 -> Result.TDX_PAGE_ALREADY_ACCEPTED_2M;
                default -> Result.TDX_PAGE_ALREADY_ACCEPTED_1G;
            };
        }

        private Ending violation(State state, int page, int level, int reached, SeptState found) {
            tdx.vcpus().exit(state, vcpu, TdExitReason.ACCEPT_EPT_VIOLATION, page, level, reached, found);
            return NoReturn.TD_EXIT;
        }

        private Ending zero(State state, int page, int level) {
            SeptTable table = tdx.sept().table(level);
            int index = tdx.sept().index(page, level);
            int frame = table.frame().get(state, index);
            int from = table.accepted().get(state, index);
            int pending = level == 0 ? 0 : tdx.vcpus().interruptAfter().get(state, vcpu);
            boolean interrupted = pending > 0 && from + pending < table.span();
            int to = interrupted ? from + pending : table.span();
            for (int i = from; i < to && zeroes; i++) {
                tdx.memory().write(state, frame + i, Value.ZERO, tdx.keyId(state));
            }
            if (interrupted) {
                table.accepted().set(state, index, to);
                tdx.vcpus().exit(state, vcpu, TdExitReason.EXTERNAL_INTERRUPT);
                return NoReturn.TD_EXIT;
            }
            table.accepted().set(state, index, 0);
            table.state().set(state, index, SeptState.MAPPED);
            if (ledger.isPresent()) {
                for (int i = 0; i < table.span(); i++) {
                    ledger.get().zeroed(state, page + i);
                }
            }
            return Result.TDX_SUCCESS;
        }
    }

    @Override
    public String mnemonic() {
        return "TDG.MEM.PAGE.ACCEPT";
    }
}
