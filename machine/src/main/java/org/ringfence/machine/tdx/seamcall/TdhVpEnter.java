package org.ringfence.machine.tdx.seamcall;

import java.util.function.Predicate;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.host.AwaitTdExit;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.td.LeafInSteps;
import org.ringfence.machine.tdx.td.LeafLocks;
import org.ringfence.machine.tdx.td.TdLocks.Kind;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.VP.ENTER, SEAMCALL leaf 0: runs a vCPU again that has exited, in the current TLB epoch; the guest repeats what it
 * was at. The logical CPU is the caller's. Waits while a vCPU is inside there, as the caller's own CPU then runs
 * nothing of the host's; and while the vCPU calls and must be {@linkplain TdhVpEnterWithAnswer answered}. A vCPU that
 * is inside on another logical CPU is refused; a machine without associations does not tell the two apart, and waits.
 * Why the vCPU comes out again is {@link AwaitTdExit}'s to tell. Source: TDX module 1.5.01, tdh_vp_enter.c.
 *
 * @param td the TD, from 0
 * @param vcpu from 0
 */
public record TdhVpEnter(int td, int vcpu) implements Operation<TdhVpEnter.Result> {

    /** RUNNABLE, LIVE_EXPORT and LIVE_IMPORT. */
    private static final int OP_STATES = 1 << 2 | 1 << 3 | 1 << 9;

    /** How TDH.VP.ENTER begins. */
    public enum Result implements ModuleStatus {
        /** The vCPU is inside. */
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_PAGE_METADATA_INCORRECT_RCX,
        TDX_OPERAND_BUSY_TDR,
        TDX_TD_FATAL,
        TDX_TD_KEYS_NOT_CONFIGURED,
        TDX_TDCS_NOT_ALLOCATED,
        TDX_OPERAND_BUSY_OP_STATE,
        TDX_OP_STATE_INCORRECT,
        TDX_TDCX_NUM_INCORRECT,
        TDX_VCPU_STATE_INCORRECT,
        TDX_VCPU_ASSOCIATED,
        TDX_OPERAND_BUSY_TD_EPOCH,
        /** The vCPU is suspected of being stepped, and another leaf holds the tree. */
        TDX_OPERAND_BUSY_SEPT_TREE;

        @Override
        public String worded() {
            return this == TDX_SUCCESS ? "entered" : completion().toString();
        }
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    /** Of TD 0. */
    public TdhVpEnter(int vcpu) {
        this(0, vcpu);
    }

    static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, td);
        tdx.vcpus().require(vcpu);
        int lp = tdx.vps().require(tdx.lp(actor), actor);
        Bound entering = bind(tdx, lp);
        Predicate<State> isAnswered = state -> entering.isAnswered(state, vcpu);
        return steps(tdx, actor, vcpu, isAnswered, state -> entering.take(state, vcpu));
    }

    /** {@code entering}, which is one step, in as many as the machine has it. */
    static Step steps(Tdx tdx, Actor actor, int vcpu, Predicate<State> isCalled, Step entering) {
        if (!LeafInSteps.has(tdx, actor)) {
            return entering;
        }
        Leaf oneStep = (state, _) -> entering.take(state);
        int lp = tdx.lp(actor);
        Leaf plain = LeafInSteps.ofHost(tdx, LeafLocks.TDH_VP_ENTER, actor, lp, vcpu, FrameRef.NONE).of(oneStep);
        Leaf suspected = LeafInSteps.ofHost(
                tdx, LeafLocks.TDH_VP_ENTER_SUSPECTED, actor, lp, vcpu, FrameRef.NONE).of(oneStep);
        return state -> tdx.locks().underWay().isUnderWay(state, actor.index()) || isCalled.test(state)
                ? (tdx.steps().isSuspected(state, vcpu) ? suspected : plain).take(state, Outputs.NONE)
                : Outcome.WAITS;
    }

    /** TDH.VP.ENTER on a TD, called by logical processor {@code lp}, as far as it goes until the vCPU runs. */
    public static Bound bind(Tdx tdx, int lp) {
        return new Bound(
                tdx,
                lp,
                tdx.admission().allowed(OP_STATES),
                tdx.guards().checks(TdxGuard.ENTER_VCPU_IS_NOT_ASSOCIATED),
                tdx.guards().checks(TdxGuard.ENTER_FLUSHES_NEW_EPOCH),
                tdx.guards().checks(TdxGuard.ENTER_FLUSHES_AFTER_ANOTHER_VCPU));
    }

    /**
     * The leaf for any vCPU. Source: TDX module 1.5.01, tdh_vp_enter.c, helpers.c (check_and_associate_vcpu,
     * adjust_tlb_tracking_state).
     */
    public record Bound(
            Tdx tdx, int lp, int opStates, boolean checksAssociation, boolean flushes, boolean flushesAnothers) {

        /**
         * Whether the vCPU has left the TD and is in {@code status}, and nothing else runs on the caller's logical CPU.
         */
        public boolean isCalled(State state, int vcpu, Cpus.Status status) {
            return tdx.vcpus().is(state, vcpu, status) && !tdx.vps().isTaken(state, tdx.vcpus().cpus(), lp);
        }

        /** The same on another logical processor. */
        public Bound on(int other) {
            return new Bound(tdx, other, opStates, checksAssociation, flushes, flushesAnothers);
        }

        /** Enters a vCPU that has exited, or is refused: the code of a {@link Step}. */
        public long take(State state, int vcpu) {
            if (!isAnswered(state, vcpu)) {
                return Outcome.WAITS;
            }
            return entered(state, vcpu, perform(state, vcpu));
        }

        /** As {@link #take}, where {@link #admit} let the vCPU on and nothing of what it checks has changed since. */
        public long takeAdmitted(State state, int vcpu) {
            if (!isAnswered(state, vcpu)) {
                return Outcome.WAITS;
            }
            return entered(state, vcpu, enter(state, vcpu, false, false));
        }

        private long entered(State state, int vcpu, Ending ending) {
            if (ending == Result.TDX_SUCCESS) {
                tdx.vcpus().enter(state, vcpu);
            }
            return ENDINGS.code(ending);
        }

        /**
         * Whether the leaf ends now: with a vCPU that has exited, or one that is inside elsewhere, which is refused.
         */
        private boolean isAnswered(State state, int vcpu) {
            return isCalled(state, vcpu, Cpus.Status.EXITED) || isRefused(state, vcpu);
        }

        /** Whether the vCPU is inside, on another logical CPU than the caller's, which runs none. */
        private boolean isRefused(State state, int vcpu) {
            return tdx.vps().associated()
                    && tdx.vcpus().isInside(state, vcpu)
                    && !tdx.vps().isTaken(state, tdx.vcpus().cpus(), lp);
        }

        /**
         * On success the caller runs the vCPU. Where TD_EPOCH is locked, the vCPU stays associated. An association that
         * is fresh needs no flush for another epoch. But translations are of a TD and not of a vCPU: where another vCPU
         * was entered last on the logical CPU, they are flushed whatever the epoch.
         */
        public Ending perform(State state, int vcpu) {
            return perform(state, vcpu, false, false);
        }

        /**
         * As {@link #perform(State, int)}, with flags of RCX.
         *
         * @param hint bit 52, HOST_RECOVERABILITY_HINT: for a TDCALL that the module has trapped, which none is here
         * @param resumesL1 bit 53, RESUME_L1: an L2 VM that has left for the host comes back as an exit to L1
         */
        Ending perform(State state, int vcpu, boolean hint, boolean resumesL1) {
            Ending refused = admit(state, vcpu);
            return refused == TdxStatus.TDX_SUCCESS ? enter(state, vcpu, hint, resumesL1) : refused;
        }

        /** What the leaf checks of the module, the TD and the pages of the vCPU. */
        public Ending admit(State state, int vcpu) {
            Ending refused = tdx.root().dispatch(state, lp);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            refused = tdx.admission().lockTdvpr(
                    state, lp, vcpu, Held.SHARED, Result.TDX_OPERAND_INVALID_RCX, Result.TDX_OPERAND_BUSY_RCX,
                    Result.TDX_PAGE_METADATA_INCORRECT_RCX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            refused = tdx.admission().lockOwner(state, lp, Result.TDX_OPERAND_BUSY_TDR);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            refused = tdx.admission().checkTd(state, opStates, Result.TDX_OPERAND_BUSY_OP_STATE);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            return tdx.vps().isWhole(state, vcpu, tdx.control())
                    ? TdxStatus.TDX_SUCCESS
                    : Result.TDX_TDCX_NUM_INCORRECT;
        }

        private Ending enter(State state, int vcpu, boolean hint, boolean resumesL1) {
            if (!tdx.vps().isReady(state, vcpu) || tdx.vcpus().isInside(state, vcpu)) {
                return Result.TDX_VCPU_STATE_INCORRECT;
            }
            if (checksAssociation && tdx.vps().isElsewhere(state, vcpu, lp)) {
                return Result.TDX_VCPU_ASSOCIATED;
            }
            boolean fresh = tdx.vps().associate(state, vcpu, lp);
            if (hint || resumesL1 && tdx.inside().l2(state, vcpu) == 0) {
                return Result.TDX_OPERAND_INVALID_RCX;
            }
            if (tdx.locks().isBusy(state, Kind.TD_EPOCH, Held.SHARED)) {
                return Result.TDX_OPERAND_BUSY_TD_EPOCH;
            }
            boolean isOfOldEpoch = tdx.epochs().enter(state, vcpu) && !fresh && flushes;
            if (tdx.vps().takesOver(state, vcpu) && flushesAnothers || isOfOldEpoch) {
                tdx.translations().flush(state, tdx.vps().cpu(state, vcpu));
            }
            if (tdx.steps().isSuspected(state, vcpu) && tdx.locks().isBusy(state, Kind.SEPT_TREE, Held.EXCLUSIVE)) {
                tdx.epochs().leave(state, vcpu);
                return Result.TDX_OPERAND_BUSY_SEPT_TREE;
            }
            if (resumesL1) {
                tdx.inside().toL1(state, vcpu);
            }
            return Result.TDX_SUCCESS;
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.VP.ENTER";
    }
}
