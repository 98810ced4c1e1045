package org.ringfence.machine.cca.rmi;

import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.CcaGuard;
import org.ringfence.machine.cca.granule.GranuleState;
import org.ringfence.machine.cca.realm.RealmState;
import org.ringfence.machine.cca.realm.RecExitReason;
import org.ringfence.machine.cca.realm.Recs;
import org.ringfence.machine.cca.rsi.IpaStateSet;
import org.ringfence.machine.cca.rtt.Ripas;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/** Commands about vCPUs. Source: TF-RMM rmm-spec-v1.0-rel0, rmi/rec.c and rmi/run.c. */
public sealed interface RecCommand extends RmiCommand {

    /**
     * RMI_REC_CREATE (0xA), of a REC that is runnable and needs no auxiliary granules.
     *
     * @param mpidr the vCPU's number
     */
    record Create(Frame rd, Frame rec, int mpidr) implements RecCommand {
        @Override
        public RmiStatus perform(State state, Cca cca) {
            if (!cca.granules().is(state, rec.index(), GranuleState.DELEGATED)
                    && cca.checks(CcaGuard.REC_CREATE_GRANULE_IS_DELEGATED)) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int realm = cca.realms().at(state, rd.index());
            if (realm < 0 || rd.equals(rec)) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            if (!cca.realms().state().is(state, realm, RealmState.NEW)
                    && cca.checks(CcaGuard.REC_CREATE_REALM_IS_NEW)) {
                return RmiStatus.RMI_ERROR_REALM;
            }
            int count = cca.realms().recCount().get(state, realm);
            if (mpidr >= cca.realms().recs()
                    || mpidr != count && cca.checks(CcaGuard.REC_CREATE_MPIDR_IS_NEXT)) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            cca.recs().granule().set(state, cca.recs().number(realm, mpidr), rec.index());
            cca.realms().recCount().set(state, realm, Math.min(count + 1, cca.realms().recs()));
            cca.granules().set(state, rec.index(), GranuleState.REC);
            return RmiStatus.RMI_SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "RMI_REC_CREATE";
        }
    }

    /** RMI_REC_DESTROY (0xB). */
    record Destroy(Frame rec) implements RecCommand {
        @Override
        public RmiStatus perform(State state, Cca cca) {
            int number = cca.recs().at(state, rec.index());
            if (number < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            if (cca.recs().isRunning(state, number) && cca.checks(CcaGuard.REC_DESTROY_IS_NOT_RUNNING)) {
                return RmiStatus.RMI_ERROR_REC;
            }
            cca.recs().granule().set(state, number, FrameRef.NONE);
            if (number < cca.recs().recs()) {
                end(state, cca.recs(), number);
            }
            cca.release(state, rec.index());
            return RmiStatus.RMI_SUCCESS;
        }

        /** The vCPU stands before the operation that it asked for, as one that was never entered. */
        private static void end(State state, Recs recs, int vcpu) {
            recs.settle(state, vcpu);
            recs.abort().set(state, vcpu, false);
            if (!recs.isRunning(state, vcpu)) {
                recs.leave(state, vcpu, Status.EXITED, RecExitReason.NONE, 0);
            }
        }

        @Override
        public String mnemonic() {
            return "RMI_REC_DESTROY";
        }
    }

    /**
     * RMI_REC_ENTER (0xC). It succeeds for a realm without software too, which comes back at once.
     *
     * @param injectSea flag 1: the REC takes an external abort at the unprotected address at which it faulted
     * @param reject flag 4: what the host has not done of a change to RAM it refuses
     */
    record Enter(Frame rec, boolean injectSea, boolean reject) implements RecCommand {
        @Override
        public RmiStatus perform(State state, Cca cca) {
            Recs recs = cca.recs();
            int number = recs.at(state, rec.index());
            if (number < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            if (recs.isRunning(state, number)) {
                // On a second CPU the REC would run once more: nothing that this machine keeps changes.
                return cca.checks(CcaGuard.REC_ENTER_IS_NOT_RUNNING)
                        ? RmiStatus.RMI_ERROR_REC
                        : RmiStatus.RMI_SUCCESS;
            }
            RealmState realm = cca.realms().state().get(state, number / recs.recs());
            if (realm != RealmState.ACTIVE && cca.checks(CcaGuard.REC_ENTER_REALM_IS_ACTIVE)) {
                return realm == RealmState.SYSTEM_OFF ? RmiStatus.RMI_ERROR_REALM_1 : RmiStatus.RMI_ERROR_REALM;
            }
            if (number >= recs.recs()) {
                return RmiStatus.RMI_SUCCESS;
            }
            if (injectSea) {
                boolean unprotected = recs.exit().is(state, number, RecExitReason.SYNC_UNPROTECTED);
                if (!unprotected && cca.checks(CcaGuard.REC_ENTER_ABORT_IS_UNPROTECTED)) {
                    return RmiStatus.RMI_ERROR_REC;
                }
                recs.abort().set(state, number, true);
            }
            enter(state, recs, number);
            return RmiStatus.RMI_SUCCESS;
        }

        /** A REC that asked for another RIPAS learns how far that has come. */
        private void enter(State state, Recs recs, int vcpu) {
            if (recs.isPending(state, vcpu)) {
                int reached = recs.address().get(state, vcpu);
                boolean refused = reject
                        && recs.wanted(state, vcpu) == Ripas.RAM
                        && reached != recs.top().get(state, vcpu);
                recs.settle(state, vcpu);
                recs.cpus().answer(state, vcpu, IpaStateSet.code(reached, refused));
            } else {
                recs.cpus().resume(state, vcpu);
            }
            recs.enter(state, vcpu);
        }

        @Override
        public String mnemonic() {
            return "RMI_REC_ENTER";
        }
    }
}
