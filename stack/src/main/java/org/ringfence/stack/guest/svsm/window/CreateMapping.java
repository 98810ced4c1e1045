package org.ringfence.stack.guest.svsm.window;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.svsm.window.WindowOperation.MapPages;

/**
 * Maps a range of physical memory for a while: in pages of 2M where both of its ends are 2M aligned, else in pages of
 * 4K. An end that is not as aligned as asked for is the caller's mistake, and a panic. Source: COCONUT-SVSM,
 * kernel/src/mm/ptguards.rs (PerCPUPageMappingGuard::create).
 *
 * @param start the first 4K page, by number
 * @param end the page behind the last
 * @param alignment to how many 4K pages both must be aligned, as a power of two
 */
public record CreateMapping(Geometry geometry, int start, int end, int alignment)
        implements
            Routine<CreateMapping.Created> {

    /** How it ended. */
    public enum Status {
        MAPPED,
        /** SvsmError::InvalidAddress: the range is empty, or ends before it begins. */
        INVALID_ADDRESS,
        /** There is no room for the mapping. */
        NO_ROOM
    }

    /**
     * The mapping.
     *
     * @param slot the first of the window's
     * @param count pages of {@code level}
     */
    public record Created(Status status, int slot, int count, Level level) {}

    @Override
    public Created run(Cpu cpu) {
        if (start >= end) {
            return new Created(Status.INVALID_ADDRESS, 0, 0, Level.SIZE_4K);
        }
        if (((start | end) & (1 << alignment) - 1) != 0) {
            throw new Panic("pages %d to %d are not aligned to %d".formatted(start, end, 1 << alignment));
        }
        boolean large = geometry.hasLargePages() && geometry.isLargeAligned(start) && geometry.isLargeAligned(end);
        Level level = large ? Level.SIZE_2M : Level.SIZE_4K;
        int count = (end - start) / geometry.span(level);
        long slot = cpu.ask(new MapPages(start, count, level));
        return slot == WindowOperation.NO_MAPPING
                ? new Created(Status.NO_ROOM, 0, count, level)
                : new Created(Status.MAPPED, (int) slot - 1, count, level);
    }
}
