package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;

/** A monitor that reads a page after it has invalidated it: by mistake, or because it counts on the fault. */
public record ReadInvalidated(
        @Meaning("the platform") SvsmPlatform.Kind on,
        @Meaning("whether it reads the page without validating it first") boolean read) implements Routine<Done> {

    private static final long PAGE = 0;

    /** The routine with its default options. */
    public static ReadInvalidated standard() {
        return new ReadInvalidated(SvsmPlatform.Kind.SNP, true);
    }

    @Override
    public Done run(Cpu cpu) {
        SvsmPlatform platform = SvsmPlatform.of(on, SvsmChoices.careful(1));
        platform.validate(cpu, PAGE, Level.SIZE_4K);
        OwnPage.write(cpu, PAGE, Value.DATA);
        platform.invalidate(cpu, PAGE, Level.SIZE_4K);
        if (!read) {
            platform.validate(cpu, PAGE, Level.SIZE_4K);
        }
        OwnPage.read(cpu, PAGE);
        return Done.DONE;
    }
}
