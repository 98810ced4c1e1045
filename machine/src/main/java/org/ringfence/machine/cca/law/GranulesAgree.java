package org.ringfence.machine.cca.law;

import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.granule.GranuleState;
import org.ringfence.machine.cca.realm.RealmState;
import org.ringfence.machine.cca.rtt.Rtt;
import org.ringfence.machine.cca.rtt.RttEntry;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;

/**
 * The RMM's table of granules tells the same as what names them: a descriptor, a REC, a table or a page of a realm has
 * one granule of its kind for itself, and what is NS or DELEGATED is used for nothing. A RIPAS is of protected
 * addresses; a vCPU that runs has a REC, of a realm; no two realms have one VMID.
 */
public record GranulesAgree(Cca cca) implements Invariant {
    private static final String REALMS = "the realms, of which one has no RECs to run, or two have one VMID";

    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State state) {
        return hurt(state).isEmpty() ? Property.ACCOUNTING.exercised() : Property.ACCOUNTING.broken();
    }

    @Override
    public String hurt(State state) {
        for (int frame = 0; frame < cca.geometry().frames(); frame++) {
            if (!isRight(state, frame)) {
                return "frame %d, which is %s and named otherwise"
                        .formatted(frame, cca.granules().state().get(state, frame));
            }
        }
        for (int realm = 0; realm < cca.realms().count(); realm++) {
            for (int place = 0; place < cca.rtt().places(); place++) {
                if (!isOfItsHalf(state, realm, place)) {
                    return "the entry of IPA 0x%X, which is of the other half".formatted(cca.rtt().ipa(place));
                }
            }
        }
        return areRealmsRight(state) ? "" : REALMS;
    }

    private boolean isRight(State state, int frame) {
        int descriptors = 0;
        int tables = 0;
        int pages = 0;
        for (int realm = 0; realm < cca.realms().count(); realm++) {
            descriptors += cca.realms().rd().get(state, realm) == frame ? 1 : 0;
            tables += cca.realms().root().get(state, realm) == frame ? 1 : 0;
            for (int entry = 0; entry < cca.rtt().entries(); entry++) {
                int number = realm * cca.rtt().entries() + entry;
                RttEntry found = cca.rtt().entry().get(state, number);
                int first = cca.rtt().output().get(state, number);
                if (found == RttEntry.TABLE) {
                    tables += first == frame ? 1 : 0;
                } else if (found.isAssigned()) {
                    int size = cca.rtt().level(number) == Rtt.PAGE_LEVEL ? 1 : cca.rtt().span();
                    pages += frame >= first && frame < first + size ? 1 : 0;
                }
            }
        }
        int recs = 0;
        for (int rec = 0; rec < cca.recs().granule().cells().count(); rec++) {
            recs += cca.recs().granule().get(state, rec) == frame ? 1 : 0;
        }
        GranuleState is = cca.granules().state().get(state, frame);
        return descriptors == (is == GranuleState.RD ? 1 : 0)
                && tables == (is == GranuleState.RTT ? 1 : 0)
                && pages == (is == GranuleState.DATA ? 1 : 0)
                && recs == (is == GranuleState.REC ? 1 : 0);
    }

    private boolean isOfItsHalf(State state, int realm, int place) {
        if (cca.realms().state().is(state, realm, RealmState.NONE)) {
            return true;
        }
        RttEntry found = cca.rtt().entry().get(state, cca.rtt().walk(state, realm, place));
        return found.isUnprotected() != cca.rtt().isProtected(place);
    }

    private boolean areRealmsRight(State state) {
        for (int vcpu = 0; vcpu < cca.recs().recs(); vcpu++) {
            if (cca.recs().isRunning(state, vcpu) && cca.recs().granule().get(state, vcpu) < 0) {
                return false;
            }
        }
        for (int realm = 0; realm < cca.realms().count(); realm++) {
            boolean exists = !cca.realms().state().is(state, realm, RealmState.NONE);
            if (!exists && cca.recs().hasAny(state, realm)) {
                return false;
            }
            for (int other = 0; exists && other < realm; other++) {
                if (!cca.realms().state().is(state, other, RealmState.NONE)
                        && cca.realms().vmid().get(state, other) == cca.realms().vmid().get(state, realm)) {
                    return false;
                }
            }
        }
        return true;
    }
}
