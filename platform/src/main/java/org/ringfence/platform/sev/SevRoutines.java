package org.ringfence.platform.sev;

import java.util.List;
import org.ringfence.checker.check.Registry.Entry;
import org.ringfence.checker.check.Routines;
import org.ringfence.machine.sev.GuestPageTable;
import org.ringfence.stack.guest.sev.ConvertPage;
import org.ringfence.stack.guest.sev.KeepSecrets;
import org.ringfence.stack.host.kvm.RecycleAsid;

/** Software for SEV without an RMP. */
public final class SevRoutines implements Routines {

    @Override
    public List<Entry> entries() {
        return List.of(
                Entry.of(
                        "convert-page",
                        ConvertPage.standard(),
                        "changes the C-bit of a page and uses it anew (SEV)").needing(GuestPageTable.PART),
                Entry.of(
                        "keep-secrets",
                        KeepSecrets.standard(),
                        "keeps a secret in its memory and reads it (SEV, SNP with launched pages)"),
                Entry.of(
                        "recycle-asid",
                        RecycleAsid.standard(),
                        "a host that gives the ASID of one guest to another (SEV with the firmware)"));
    }
}
