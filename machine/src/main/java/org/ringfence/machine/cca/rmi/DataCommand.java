package org.ringfence.machine.cca.rmi;

import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.CcaGuard;
import org.ringfence.machine.cca.granule.GranuleState;
import org.ringfence.machine.cca.realm.RealmState;
import org.ringfence.machine.cca.rtt.Hipas;
import org.ringfence.machine.cca.rtt.Ripas;
import org.ringfence.machine.cca.rtt.Rtt;
import org.ringfence.machine.cca.rtt.RttEntry;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/** Commands on the memory of a realm, page by page. Source: TF-RMM rmm-spec-v1.0-rel0, rmi/rtt.c. */
public sealed interface DataCommand extends RmiCommand {

    /** The last of the checks that both ways to create share: what the walk finds. */
    private static RmiStatus unassigned(State state, Cca cca, int entry) {
        if (cca.rtt().level(entry) != Rtt.PAGE_LEVEL) {
            return RmiStatus.RMI_ERROR_RTT_2;
        }
        RttEntry found = cca.rtt().entry().get(state, entry);
        return found.isUnassigned() || !cca.checks(CcaGuard.DATA_CREATE_ENTRY_IS_UNASSIGNED)
                ? RmiStatus.RMI_SUCCESS
                : RmiStatus.RMI_ERROR_RTT_3;
    }

    private static boolean isDelegated(State state, Cca cca, Frame data) {
        return cca.granules().is(state, data.index(), GranuleState.DELEGATED)
                || !cca.checks(CcaGuard.DATA_CREATE_GRANULE_IS_DELEGATED);
    }

    /** The page at a protected IPA; -1 where it is none. */
    private static int page(Cca cca, long ipa) {
        int place = cca.rtt().place(ipa);
        return place >= 0 && cca.rtt().isProtected(place) ? place : -1;
    }

    /**
     * RMI_DATA_CREATE (0x3): a page of the launch.
     *
     * @param src the granule of the host's that is copied
     * @param measured RMI_MEASURE_CONTENT: what is copied goes into the realm's measurement, and not only that it is
     */
    record Create(Frame rd, Frame data, long ipa, Frame src, boolean measured) implements DataCommand {
        @Override
        public RmiStatus perform(State state, Cca cca) {
            if (!cca.granules().is(state, src.index(), GranuleState.NS)) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int realm = cca.realms().at(state, rd.index());
            if (!isDelegated(state, cca, data) || realm < 0 || rd.equals(data)) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            if (!cca.realms().state().is(state, realm, RealmState.NEW)
                    && cca.checks(CcaGuard.DATA_CREATE_REALM_IS_NEW)) {
                return RmiStatus.RMI_ERROR_REALM;
            }
            int page = page(cca, ipa);
            if (page < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int entry = cca.rtt().walk(state, realm, page);
            RmiStatus found = unassigned(state, cca, entry);
            if (found != RmiStatus.RMI_SUCCESS) {
                return found;
            }
            Value copied = Value.values()[cca.memory().read(state, src.index(), 0)];
            cca.memory().write(state, data.index(), copied, 0);
            cca.granules().set(state, data.index(), GranuleState.DATA);
            cca.rtt().set(state, entry, RttEntry.ASSIGNED_RAM, data.index());
            if (measured && realm == Cca.GUEST) {
                cca.ledger().ifPresent(owed -> owed.launched(state, page, copied));
            }
            return RmiStatus.RMI_SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "RMI_DATA_CREATE";
        }
    }

    /** RMI_DATA_CREATE_UNKNOWN (0x4): a page with contents that are not specified, and a RIPAS that stays. */
    record CreateUnknown(Frame rd, Frame data, long ipa) implements DataCommand {
        @Override
        public RmiStatus perform(State state, Cca cca) {
            int realm = cca.realms().at(state, rd.index());
            if (!isDelegated(state, cca, data) || realm < 0 || rd.equals(data)) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int page = page(cca, ipa);
            if (page < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int entry = cca.rtt().walk(state, realm, page);
            RmiStatus found = unassigned(state, cca, entry);
            if (found != RmiStatus.RMI_SUCCESS) {
                return found;
            }
            cca.give(state, data.index());
            Ripas unchanged = cca.rtt().entry().get(state, entry).ripas();
            cca.rtt().set(state, entry, RttEntry.of(Hipas.ASSIGNED, unchanged), data.index());
            return RmiStatus.RMI_SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "RMI_DATA_CREATE_UNKNOWN";
        }
    }

    /** RMI_DATA_DESTROY (0x5). */
    record Destroy(Frame rd, long ipa) implements DataCommand {
        @Override
        public RmiStatus perform(State state, Cca cca) {
            int realm = cca.realms().at(state, rd.index());
            if (realm < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int page = page(cca, ipa);
            if (page < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int entry = cca.rtt().walk(state, realm, page);
            if (cca.rtt().level(entry) != Rtt.PAGE_LEVEL) {
                return RmiStatus.RMI_ERROR_RTT_2;
            }
            int data = cca.rtt().output().get(state, entry);
            switch (cca.rtt().entry().get(state, entry)) {
                case ASSIGNED_RAM -> {
                    RttEntry lost = cca.checks(CcaGuard.DATA_DESTROY_TELLS_THE_REALM)
                            ? RttEntry.UNASSIGNED_DESTROYED
                            : RttEntry.UNASSIGNED_RAM;
                    cca.rtt().set(state, entry, lost, FrameRef.NONE);
                    cca.invalidate(state, realm, page, 1, CcaGuard.DATA_DESTROY_INVALIDATES);
                }
                case ASSIGNED_EMPTY -> cca.rtt().set(state, entry, RttEntry.UNASSIGNED_EMPTY, FrameRef.NONE);
                case ASSIGNED_DESTROYED -> cca.rtt().set(state, entry, RttEntry.UNASSIGNED_DESTROYED, FrameRef.NONE);
                case UNASSIGNED_EMPTY,
                        UNASSIGNED_RAM,
                        UNASSIGNED_DESTROYED,
                        UNASSIGNED_NS,
                        ASSIGNED_NS,
                        TABLE -> {
                    return RmiStatus.RMI_ERROR_RTT_3;
                }
            }
            cca.release(state, data);
            return RmiStatus.RMI_SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "RMI_DATA_DESTROY";
        }
    }
}
