package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;

/**
 * A monitor that reads a page after it has invalidated it: by mistake, or because it counts on the fault.
 *
 * @param on the platform
 * @param read whether it does; {@code false} is the careful one, which validates the page before
 */
public record ReadInvalidated(SvsmPlatform.Kind on, boolean read) implements Routine<Done> {

    private static final long PAGE = 0;

    /** The routine with its default options. */
    public static ReadInvalidated standard() {
        return new ReadInvalidated(SvsmPlatform.Kind.SNP, true);
    }

    @Override
    public Done run(Cpu cpu) {
        SvsmPlatform platform = SvsmPlatform.of(on, Choices.careful(1));
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
