package org.ringfence.machine.vocabulary;

import java.util.List;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Scrub;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Touch;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Choose;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Question;

/** What software in a guest does on every platform. */
public final class GuestForms {
    /** Guests are often with their host, and can do nothing. */
    private static final int USUAL = 8;

    private GuestForms() {}

    /**
     * Secrets are stored through the private mapping only: a guest that shares them itself tells nothing of its
     * protection.
     */
    public static List<Form> all() {
        return List.of(
                Form.of("load", Principal.GUEST, Load.class, Range.pages(), Range.every(Mapping.class))
                        .knownTo(Principal.INNER_GUEST)
                        .times(USUAL),
                Form.of(
                        "store",
                        Principal.GUEST,
                        Store.class,
                        Range.pages(),
                        Range.of(Mapping.PRIVATE),
                        Range.of(Value.DATA, Value.NEWER))
                        .knownTo(Principal.INNER_GUEST)
                        .times(USUAL),
                Form.of("scrub", Principal.GUEST, Scrub.class, Range.pages())
                        .knownTo(Principal.INNER_GUEST)
                        .times(USUAL),
                Form.of("note", Principal.GUEST, Note.class, Range.every(Note.Kind.class), Range.pages())
                        .knownTo(Principal.INNER_GUEST),
                Form.told("touch", Touch.class, Principal.GUEST, Principal.INNER_GUEST));
    }

    /** What software of anyone asks itself, and scripts tell each other. */
    public static List<Form> software() {
        Principal[] others = {
            Principal.HOST, Principal.INNER_GUEST, Principal.VMM, Principal.DEVICE, Principal.BUS, Principal.HARDWARE
        };
        return List.of(
                Form.told("signal", Signals.Signal.class, Principal.GUEST, others),
                Form.told("await", Signals.Await.class, Principal.GUEST, others),
                Form.told("compromise", Compromise.class, Principal.HOST),
                Form.told("choose", Choose.class, Principal.GUEST, others),
                Form.told("question", Question.class, Principal.GUEST, others));
    }
}
