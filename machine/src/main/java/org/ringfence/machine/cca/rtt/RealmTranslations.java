package org.ringfence.machine.cca.rtt;

import org.ringfence.machine.cca.CcaGuard;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * What CPUs keep of the translations of realm 0, under the VMID of each of its planes. Every command that takes a
 * translation away invalidates it on all CPUs before it returns, so that nothing stale is ever left: a machine keeps
 * translations only where one of these invalidations is left out.
 *
 * @param planes VMIDs of the realm
 * @param places addresses
 * @param kept the frame of each place in each plane; without entries where nothing is kept
 */
public record RealmTranslations(int planes, int places, FrameRef kept, Guards guards) {

    /** Declares what is kept. */
    public static RealmTranslations declare(Declaration declaration, int planes, int places, Guards guards) {
        boolean keeps = guards.off().stream()
                .anyMatch(guard -> guard instanceof CcaGuard missing && missing.isInvalidation());
        return new RealmTranslations(
                planes,
                places,
                declaration.table("TLB", "entry", keeps ? planes * places : 0).frame("frame", keeps),
                guards);
    }

    private boolean keeps() {
        return kept.cells().count() > 0;
    }

    /** The frame that {@code plane} reaches at {@code place} without a walk; {@link FrameRef#NONE} where it walks. */
    public int at(State state, int plane, int place) {
        return keeps() ? kept.get(state, plane * places + place) : FrameRef.NONE;
    }

    /** A walk has led to {@code frame}. */
    public void fill(State state, int plane, int place, int frame) {
        if (keeps()) {
            kept.set(state, plane * places + place, frame);
        }
    }

    /**
     * TLBI by IPA for the VMID of each plane.
     *
     * @param by the guard without which the command leaves it out
     */
    public void invalidate(State state, int first, int count, CcaGuard by) {
        if (!keeps() || !guards.checks(by)) {
            return;
        }
        int reached = guards.checks(CcaGuard.TLBI_IS_FOR_EVERY_PLANE) ? planes : 1;
        for (int plane = 0; plane < reached; plane++) {
            for (int place = first; place < first + count; place++) {
                kept.set(state, plane * places + place, FrameRef.NONE);
            }
        }
    }

    /** The realm is gone, and its VMIDs with it. */
    public void forget(State state) {
        for (int entry = 0; entry < kept.cells().count(); entry++) {
            kept.set(state, entry, FrameRef.NONE);
        }
    }
}
