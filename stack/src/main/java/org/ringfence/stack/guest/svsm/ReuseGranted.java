package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * A monitor that takes a page back from its inner guest by invalidating it, and validates it for itself: PVALIDATE does
 * not touch the permissions of lower VMPLs, only an RMPUPDATE resets them. Source: OpenVMM,
 * openhcl/underhill_mem/src/lib.rs.
 */
public record ReuseGranted(
        @Meaning("the platform") SvsmPlatform.Kind on,
        @Meaning("whether it revokes the inner guest's access first") boolean revoke,
        @Meaning("whether it has the host make the page shared and private again in between, for which the host "
                + "uses RMPUPDATE") boolean convert)
        implements
            Routine<Done> {

    private static final long PAGE = 0;

    /** The routine with its default options. */
    public static ReuseGranted standard() {
        return new ReuseGranted(SvsmPlatform.Kind.SNP, true, false);
    }

    @Override
    public Done run(Cpu cpu) {
        SvsmPlatform platform = SvsmPlatform.of(on, SvsmChoices.careful(1));
        platform.validate(cpu, PAGE, Level.SIZE_4K);
        platform.grant(cpu, PAGE, Level.SIZE_4K);
        if (revoke) {
            platform.revoke(cpu, PAGE, Level.SIZE_4K, SvsmPlatform.Flush.EVERY_CPU);
        }
        if (convert) {
            platform.share(cpu, PAGE);
            platform.unshare(cpu, PAGE);
        } else {
            platform.invalidate(cpu, PAGE, Level.SIZE_4K);
            platform.validate(cpu, PAGE, Level.SIZE_4K);
        }
        OwnPage.write(cpu, PAGE, Value.DATA);
        OwnPage.read(cpu, PAGE);
        return Done.DONE;
    }
}
