package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.svsm.window.WindowOperation.Translate;

/**
 * Validates or invalidates a range of virtual memory: what is mapped at {@code count} slots of the window from
 * {@code slot} on, whatever that is. Source: COCONUT-SVSM, {@code validate_virtual_page_range}.
 */
public record ChangeMapped(SvsmPlatform.Kind on, Geometry geometry, int slot, int count, Level level, boolean validate)
        implements
            Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        for (int i = 0; i < count; i++) {
            long page = cpu.ask(new Translate(slot + i, level));
            cpu.call(new ChangeRange.ChangePage(
                    on, geometry.smallPerLarge(), geometry.gpa((int) page), level, validate));
        }
        return Done.DONE;
    }
}
