package org.ringfence.machine.cca.rmi;

import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.CcaGuard;
import org.ringfence.machine.cca.granule.GranuleState;
import org.ringfence.machine.cca.realm.RealmState;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * Commands about a realm as a whole. Source: TF-RMM rmm-spec-v1.0-rel0, rmi/realm.c. Of its parameters only those are
 * here that another realm can collide with.
 */
public sealed interface RealmCommand extends RmiCommand {

    /**
     * RMI_REALM_CREATE (0x8). Waits where the machine keeps no more realms.
     *
     * @param rttBase the root table
     * @param vmid from 0
     */
    record Create(Frame rd, Frame rttBase, int vmid) implements RealmCommand {
        @Override
        public boolean hasPlace(State state, Cca cca) {
            return cca.realms().free(state) >= 0;
        }

        @Override
        public RmiStatus perform(State state, Cca cca) {
            if (vmid > cca.realms().vmid().max()) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            if (cca.realms().isTaken(state, vmid) && cca.checks(CcaGuard.REALM_CREATE_VMID_IS_FREE)) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            if (rd.equals(rttBase) && cca.checks(CcaGuard.REALM_CREATE_GRANULES_ARE_APART)) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            boolean unused = cca.granules().is(state, rd.index(), GranuleState.DELEGATED)
                    && cca.granules().is(state, rttBase.index(), GranuleState.DELEGATED);
            if (!unused && cca.checks(CcaGuard.REALM_CREATE_GRANULES_ARE_DELEGATED)) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int realm = cca.realms().free(state);
            cca.realms().state().set(state, realm, RealmState.NEW);
            cca.realms().rd().set(state, realm, rd.index());
            cca.realms().root().set(state, realm, rttBase.index());
            cca.realms().vmid().set(state, realm, vmid);
            cca.rtt().start(state, realm);
            cca.granules().set(state, rd.index(), GranuleState.RD);
            cca.granules().set(state, rttBase.index(), GranuleState.RTT);
            return RmiStatus.RMI_SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "RMI_REALM_CREATE";
        }
    }

    /** RMI_REALM_ACTIVATE (0x7). */
    record Activate(Frame rd) implements RealmCommand {
        @Override
        public RmiStatus perform(State state, Cca cca) {
            int realm = cca.realms().at(state, rd.index());
            if (realm < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            if (!cca.realms().state().is(state, realm, RealmState.NEW)
                    && cca.checks(CcaGuard.REALM_ACTIVATE_REALM_IS_NEW)) {
                return RmiStatus.RMI_ERROR_REALM;
            }
            cca.realms().state().set(state, realm, RealmState.ACTIVE);
            return RmiStatus.RMI_SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "RMI_REALM_ACTIVATE";
        }
    }

    /** RMI_REALM_DESTROY (0x9). */
    record Destroy(Frame rd) implements RealmCommand {
        @Override
        public RmiStatus perform(State state, Cca cca) {
            int realm = cca.realms().at(state, rd.index());
            if (realm < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            if (cca.recs().hasAny(state, realm) && cca.checks(CcaGuard.REALM_DESTROY_HAS_NO_REC)) {
                return RmiStatus.RMI_ERROR_REALM;
            }
            if (cca.rtt().isRootLive(state, realm) && cca.checks(CcaGuard.REALM_DESTROY_HAS_NO_TABLE)) {
                return RmiStatus.RMI_ERROR_REALM;
            }
            cca.release(state, cca.realms().root().get(state, realm));
            cca.release(state, rd.index());
            cca.rtt().end(state, realm);
            cca.realms().state().set(state, realm, RealmState.NONE);
            cca.realms().rd().set(state, realm, FrameRef.NONE);
            cca.realms().root().set(state, realm, FrameRef.NONE);
            cca.realms().vmid().set(state, realm, 0);
            cca.realms().recCount().set(state, realm, 0);
            cca.forget(state, realm);
            return RmiStatus.RMI_SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "RMI_REALM_DESTROY";
        }
    }
}
