package org.ringfence.stack.host.kvm;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.sev.Wbinvd;
import org.ringfence.machine.sev.firmware.SevCommand.Activate;
import org.ringfence.machine.sev.firmware.SevCommand.OfGuest;
import org.ringfence.machine.sev.firmware.SevCommand.OfGuest.GuestCommand;
import org.ringfence.machine.sev.firmware.SevCommand.OfPlatform;
import org.ringfence.machine.sev.firmware.SevCommand.OfPlatform.PlatformCommand;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * A host of one core that takes the ASID of its first guest away and gives it to another. Source: Linux,
 * arch/x86/kvm/svm/sev.c (sev_flush_asids, sev_asid_new).
 */
public record RecycleAsid(
        @Meaning("whether it runs WBINVD before the ASID goes to another guest") boolean wbinvd,
        @Meaning("whether it has the firmware flush the data fabric before that: SNP_DF_FLUSH") boolean dfFlush)
        implements
            Routine<Done> {
    private static final int ASID = 1;

    /** The routine with its default options. */
    public static RecycleAsid standard() {
        return new RecycleAsid(true, true);
    }

    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new OfGuest(GuestCommand.DEACTIVATE, 1));
        if (wbinvd) {
            cpu.ask(new Wbinvd(0));
        }
        if (dfFlush) {
            cpu.ask(new OfPlatform(PlatformCommand.DF_FLUSH));
        }
        cpu.ask(new OfPlatform(PlatformCommand.LAUNCH_START));
        cpu.ask(new Activate(2, ASID));
        return Done.DONE;
    }
}
