package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.acceptance.BitmapOperation.MarkRange;

/**
 * Validates or invalidates a range of physical memory: in pages of 2M where address and length allow, in pages of 4K
 * below. Source: COCONUT-SVSM, {@code validate_physical_page_range}.
 *
 * @param page the first 4K page, by number
 * @param pages how many
 * @param validate whether they shall be valid
 * @param tracked whether each step is entered in the bitmap
 */
public record ChangeRange(
        SvsmPlatform.Kind on, Geometry geometry, int page, int pages, boolean validate, boolean tracked)
        implements
            Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        if (pages == 0) {
            return Done.DONE;
        }
        int span = geometry.span(Level.SIZE_2M);
        boolean large = geometry.hasLargePages() && geometry.isLargeAligned(page) && pages >= span;
        int step = large ? span : 1;
        cpu.call(new ChangePage(
                on, geometry.smallPerLarge(), geometry.gpa(page), large ? Level.SIZE_2M : Level.SIZE_4K, validate));
        if (tracked) {
            cpu.ask(new MarkRange(page, step, validate));
        }
        return cpu.again(new ChangeRange(on, geometry, page + step, pages - step, validate, tracked));
    }

    /** One page of the range. */
    record ChangePage(SvsmPlatform.Kind on, int small, long gpa, Level level,
            boolean validate) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            SvsmPlatform platform = SvsmPlatform.of(on, SvsmChoices.careful(small));
            if (validate) {
                platform.validate(cpu, gpa, level);
            } else {
                platform.invalidate(cpu, gpa, level);
            }
            return Done.DONE;
        }
    }
}
