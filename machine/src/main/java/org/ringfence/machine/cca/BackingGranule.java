package org.ringfence.machine.cca;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * The host looks up in its own notes which frame it has given for something of the guest's realm. Waits while it has
 * given none.
 *
 * @param of what it looks for
 * @param gpa the page, in bytes; of a REC its number
 * @param frames how many frames the machine has
 */
public record BackingGranule(Of of, long gpa, int frames) implements Operation<Frame> {

    /** What a host has given frames for. */
    public enum Of {
        /** The realm's descriptor. */
        RD,
        /** A vCPU. */
        REC,
        /** The page's own memory. */
        PRIVATE,
        /** What the page's unprotected alias is mapped to. */
        SHARED
    }

    @Override
    public Results<Frame> results() {
        return new Results.Frames(frames);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Cca cca = machine.part(Cca.class);
        cca.geometry().requireFrames(frames);
        if (of == Of.REC) {
            Numbered.require("REC", (int) gpa, cca.recs().recs());
        }
        int page = of == Of.PRIVATE || of == Of.SHARED ? GuestPages.page(cca.geometry(), gpa) : (int) gpa;
        return state -> {
            int frame = find(state, cca, page);
            return frame == FrameRef.NONE ? Outcome.WAITS : frame;
        };
    }

    private int find(State state, Cca cca, int page) {
        return switch (of) {
            case RD -> cca.realms().rd().get(state, Cca.GUEST);
            case REC -> cca.recs().granule().get(state, page);
            case PRIVATE -> cca.rtt().frame(state, cca.rtt().walk(state, Cca.GUEST, page), page);
            case SHARED -> {
                int place = page + cca.geometry().pages();
                yield cca.rtt().frame(state, cca.rtt().walk(state, Cca.GUEST, place), place);
            }
        };
    }

    @Override
    public String mnemonic() {
        return "backing granule";
    }
}
