package org.ringfence.machine.cca.rmi;

import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.CcaGuard;
import org.ringfence.machine.cca.realm.RealmState;
import org.ringfence.machine.cca.realm.Recs;
import org.ringfence.machine.cca.rtt.Ripas;
import org.ringfence.machine.cca.rtt.Rtt;
import org.ringfence.machine.cca.rtt.RttEntry;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.state.State;

/**
 * Commands on the RIPAS of a range: each goes on within one table as far as it can, and succeeds where it has come
 * anywhere. Source: TF-RMM rmm-spec-v1.0-rel0, rmi/rtt.c.
 */
public sealed interface RipasCommand extends RmiCommand {

    /** The page behind the last before {@code top}; -1 where it is not aligned, or beyond the realm's memory. */
    private static int end(Cca cca, long top) {
        long last = top - Geometry.SMALL;
        int place = last < 0 ? -1 : cca.rtt().place(last);
        return place < 0 || !cca.rtt().isProtected(place) ? -1 : place + 1;
    }

    /** The page at {@code base}; -1 where it is not aligned, or not protected. */
    private static int first(Cca cca, long base) {
        int place = cca.rtt().place(base);
        return place >= 0 && cca.rtt().isProtected(place) ? place : -1;
    }

    /** How many pages the entry with this number is for. */
    private static int size(Cca cca, int entry) {
        return cca.rtt().level(entry) == Rtt.PAGE_LEVEL ? 1 : cca.rtt().span();
    }

    /** RMI_RTT_INIT_RIPAS (0x18): addresses of the launch that are RAM. */
    record InitRipas(Frame rd, long base, long top) implements RipasCommand {
        @Override
        public RmiStatus perform(State state, Cca cca) {
            if (Long.compareUnsigned(top, base) <= 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int realm = cca.realms().at(state, rd.index());
            if (realm < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int first = first(cca, base);
            int end = end(cca, top);
            if (first < 0 || end < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            if (!cca.realms().state().is(state, realm, RealmState.NEW)
                    && cca.checks(CcaGuard.INIT_RIPAS_REALM_IS_NEW)) {
                return RmiStatus.RMI_ERROR_REALM;
            }
            int start = cca.rtt().walk(state, realm, first);
            int size = size(cca, start);
            if (first % size != 0) {
                return RmiStatus.rtt(cca.rtt().level(start));
            }
            int page = first;
            while (page + size <= end && (page == first || size == cca.rtt().span() || page % cca.rtt().span() != 0)) {
                int entry = start + (page - first) / size;
                if (cca.rtt().entry().is(state, entry, RttEntry.UNASSIGNED_EMPTY)) {
                    cca.rtt().set(state, entry, RttEntry.UNASSIGNED_RAM);
                } else if (!cca.rtt().entry().is(state, entry, RttEntry.UNASSIGNED_RAM)) {
                    break;
                }
                page += size;
            }
            return page > first ? RmiStatus.RMI_SUCCESS : RmiStatus.rtt(cca.rtt().level(start));
        }

        @Override
        public String mnemonic() {
            return "RMI_RTT_INIT_RIPAS";
        }
    }

    /** RMI_RTT_SET_RIPAS (0x19): the host does what a REC has asked for by RSI_IPA_STATE_SET, or a part of it. */
    record SetRipas(Frame rd, Frame rec, long base, long top) implements RipasCommand {
        @Override
        public RmiStatus perform(State state, Cca cca) {
            if (Long.compareUnsigned(top, base) <= 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            Recs recs = cca.recs();
            int realm = cca.realms().at(state, rd.index());
            int number = recs.at(state, rec.index());
            if (realm < 0 || number < 0) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            if (recs.isRunning(state, number) && cca.checks(CcaGuard.SET_RIPAS_REC_IS_NOT_RUNNING)) {
                return RmiStatus.RMI_ERROR_REC;
            }
            if (number / recs.recs() != realm && cca.checks(CcaGuard.SET_RIPAS_REC_IS_OF_REALM)) {
                return RmiStatus.RMI_ERROR_REC;
            }
            int first = first(cca, base);
            int end = end(cca, top);
            if (number >= recs.recs() || first < 0 || end < 0) {
                return RmiStatus.RMI_ERROR_INPUT; // nothing is pending for a realm without software
            }
            if (first != recs.address().get(state, number) && cca.checks(CcaGuard.SET_RIPAS_BASE_IS_NEXT)) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            if (!recs.isPending(state, number)
                    || end > recs.top().get(state, number) && cca.checks(CcaGuard.SET_RIPAS_TOP_IS_WITHIN)) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            int start = cca.rtt().walk(state, realm, first);
            if (first % size(cca, start) != 0) {
                return RmiStatus.rtt(cca.rtt().level(start));
            }
            int reached = change(state, cca, realm, number, first, end);
            if (reached == first) {
                return RmiStatus.rtt(cca.rtt().level(start));
            }
            recs.address().set(state, number, Math.min(reached, recs.top().get(state, number)));
            return RmiStatus.RMI_SUCCESS;
        }

        /** Changes entries of one table until one refuses; answers the page that it has come to. */
        private static int change(State state, Cca cca, int realm, int vcpu, int first, int end) {
            int start = cca.rtt().walk(state, realm, first);
            int size = size(cca, start);
            int page = first;
            while (page + size <= end && (page == first || size == cca.rtt().span() || page % cca.rtt().span() != 0)) {
                if (!update(state, cca, realm, vcpu, start + (page - first) / size, page, size)) {
                    break;
                }
                page += size;
            }
            return page;
        }

        private static boolean update(
                State state, Cca cca, int realm, int vcpu, int entry, int page, int size) {
            RttEntry found = cca.rtt().entry().get(state, entry);
            if (!found.hasRipas()) {
                return false;
            }
            boolean stays = found.ripas() == Ripas.DESTROYED
                    && !cca.recs().changeDestroyed().get(state, vcpu)
                    && cca.checks(CcaGuard.SET_RIPAS_DESTROYED_STAYS);
            if (stays) {
                return false;
            }
            Ripas wanted = cca.recs().wanted(state, vcpu);
            cca.rtt().set(state, entry, RttEntry.of(found.hipas(), wanted));
            if (wanted == Ripas.EMPTY && found.isAssigned() && found.ripas() != Ripas.EMPTY) {
                cca.invalidate(state, realm, page, size, CcaGuard.SET_RIPAS_INVALIDATES);
            }
            return true;
        }

        @Override
        public String mnemonic() {
            return "RMI_RTT_SET_RIPAS";
        }
    }
}
