package org.ringfence.machine.cca.law;

import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.rtt.RttEntry;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/** What a CPU keeps of translations leads where the realm's tables lead; and no granule is at two addresses. */
public record TranslationsAreCurrent(Cca cca) implements Invariant {
    @Override
    public Property property() {
        return Property.INJECTIVITY;
    }

    @Override
    public long judge(State state) {
        return hurt(state).isEmpty() ? Property.INJECTIVITY.exercised() : Property.INJECTIVITY.broken();
    }

    @Override
    public String hurt(State state) {
        for (int place = 0; place < cca.rtt().places(); place++) {
            int entry = cca.rtt().walk(state, Cca.GUEST, place);
            RttEntry found = cca.rtt().entry().get(state, entry);
            boolean valid = found == RttEntry.ASSIGNED_RAM || found == RttEntry.ASSIGNED_NS;
            int leads = valid ? cca.rtt().frame(state, entry, place) : FrameRef.NONE;
            for (int plane = 0; plane < cca.translations().planes(); plane++) {
                int kept = cca.translations().at(state, plane, place);
                if (kept != FrameRef.NONE && kept != leads) {
                    return "IPA 0x%X, of which a CPU keeps a translation that is no more"
                            .formatted(cca.rtt().ipa(place));
                }
            }
            for (int other = 0; found == RttEntry.ASSIGNED_RAM && other < place; other++) {
                int at = cca.rtt().walk(state, Cca.GUEST, other);
                if (cca.rtt().entry().is(state, at, RttEntry.ASSIGNED_RAM)
                        && cca.rtt().frame(state, at, other) == leads) {
                    return "IPA 0x%X and IPA 0x%X, which have one granule"
                            .formatted(cca.rtt().ipa(other), cca.rtt().ipa(place));
                }
            }
        }
        return "";
    }
}
