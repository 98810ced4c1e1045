package org.ringfence.machine.vocabulary;

import java.util.List;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Scrub;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Principal;

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
                Form.of("load", Principal.GUEST, Load.class, Range.pages(), Range.every(Mapping.class)).times(USUAL),
                Form.of(
                        "store",
                        Principal.GUEST,
                        Store.class,
                        Range.pages(),
                        Range.of(Mapping.PRIVATE),
                        Range.of(Value.DATA, Value.NEWER)).times(USUAL),
                Form.of("scrub", Principal.GUEST, Scrub.class, Range.pages()).times(USUAL),
                Form.of("note", Principal.GUEST, Note.class, Range.every(Note.Kind.class), Range.pages()));
    }
}
