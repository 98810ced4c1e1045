package org.ringfence.platform.sync;

import java.util.List;
import org.ringfence.checker.check.Registry.Entry;
import org.ringfence.checker.check.Routines;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.stack.sync.SyncForms;

/** What software synchronises with, for scripts; routines name their locks and counters themselves. */
public final class SyncRoutines implements Routines {
    @Override
    public List<Entry> entries() {
        return List.of();
    }

    @Override
    public List<Form> forms() {
        return SyncForms.all();
    }
}
