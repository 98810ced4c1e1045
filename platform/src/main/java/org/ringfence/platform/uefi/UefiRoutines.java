package org.ringfence.platform.uefi;

import java.util.List;
import org.ringfence.checker.check.Registry.Entry;
import org.ringfence.checker.check.Routines;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.stack.guest.uefi.UefiForms;

/** Software of UEFI firmware. */
public final class UefiRoutines implements Routines {

    @Override
    public List<Form> forms() {
        return UefiForms.all();
    }

    @Override
    public List<Entry> entries() {
        return List.of();
    }
}
