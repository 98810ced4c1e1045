package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.svsm.GuestMap.PublishMap;

/** A monitor that lets its inner guest have a page, takes it back, and then keeps a secret there. */
public record GrantAndRevoke(
        @Meaning("the platform") SvsmPlatform.Kind on,
        @Meaning("whether it takes the inner guest's access away at all") boolean revoke,
        @Meaning("on whom translations are flushed then") SvsmPlatform.Flush flush,
        @Meaning("whether it has told its inner guest of the page, and forgets to tell that it was taken back") boolean tell)
        implements
            Routine<Done> {

    private static final long PAGE = 0;

    /** The routine with its default options. */
    public static GrantAndRevoke standard() {
        return new GrantAndRevoke(SvsmPlatform.Kind.SNP, true, SvsmPlatform.Flush.EVERY_CPU, false);
    }

    @Override
    public Done run(Cpu cpu) {
        SvsmPlatform platform = SvsmPlatform.of(on, SvsmChoices.careful(1));
        platform.validate(cpu, PAGE, Level.SIZE_4K);
        platform.grant(cpu, PAGE, Level.SIZE_4K);
        if (revoke) {
            platform.revoke(cpu, PAGE, Level.SIZE_4K, flush);
        }
        if (tell) {
            cpu.ask(new PublishMap(1));
        }
        platform.zero(cpu, PAGE, Level.SIZE_4K);
        OwnPage.write(cpu, PAGE, Value.DATA);
        return Done.DONE;
    }
}
