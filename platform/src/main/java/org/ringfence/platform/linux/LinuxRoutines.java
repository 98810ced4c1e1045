package org.ringfence.platform.linux;

import java.util.List;
import org.ringfence.checker.check.Registry.Entry;
import org.ringfence.checker.check.Routines;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.stack.guest.acceptance.AcceptanceBitmap;
import org.ringfence.stack.guest.linux.AcceptMemoryTogether;
import org.ringfence.stack.guest.linux.AcceptOnFault;
import org.ringfence.stack.guest.linux.AcceptingList;
import org.ringfence.stack.guest.linux.HandOnAcceptance;
import org.ringfence.stack.guest.linux.LinuxForms;
import org.ringfence.stack.guest.linux.TouchUntracked;

/** Software of a Linux kernel that accepts its memory lazily. */
public final class LinuxRoutines implements Routines {
    @Override
    public List<Form> forms() {
        return LinuxForms.all();
    }

    @Override
    public List<Entry> entries() {
        return List.of(
                new Entry(
                        "linux-accept",
                        AcceptMemoryTogether.Options.standard(),
                        (options, geometry) -> ((AcceptMemoryTogether.Options) options).of(geometry),
                        "a CPU that accepts a page and uses it, beside others that accept the same unit (SNP, TDX)")
                        .needing(AcceptanceBitmap.PART, AcceptingList.PART),
                new Entry(
                        "linux-accept-on-fault",
                        AcceptOnFault.Options.standard(),
                        (options, geometry) -> ((AcceptOnFault.Options) options).of(geometry),
                        "a kernel that accepts a page in the handler of its first touch's fault (SNP, TDX)")
                        .needing(AcceptanceBitmap.PART),
                new Entry(
                        "linux-hand-on",
                        HandOnAcceptance.Options.standard(),
                        (options, geometry) -> ((HandOnAcceptance.Options) options).of(geometry),
                        "a stage of the boot that accepts memory, and the next one, which learns of it (SNP, TDX)")
                        .needing(AcceptanceBitmap.PART, AcceptingList.PART),
                new Entry(
                        "linux-touch",
                        TouchUntracked.Options.standard(),
                        (options, geometry) -> ((TouchUntracked.Options) options).of(geometry),
                        "a kernel that touches memory which its table does not show as unaccepted (SNP, TDX)")
                        .needing(AcceptanceBitmap.PART, AcceptingList.PART));
    }
}
