package org.ringfence.stack.guest.svsm.window;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.svsm.window.WindowOperation.UnmapPages;
import org.ringfence.stack.guest.svsm.window.WindowOperation.ZeroMapped;

/**
 * Zeroes a range of physical memory through temporary mappings, step by step down a ladder: a step is as large as the
 * cap allows, in 2M mappings where address and length allow and in 4K mappings up to the next of them elsewhere; where
 * no mapping can be had the step is halved, down to one 4K page, which is tried until it is had.
 *
 * @param page the first 4K page, by number
 * @param pages how many
 * @param cap 4K pages that a step has at most
 * @param refusals whether a mapping may be refused although there is room, as when a page table cannot be allocated
 * @param limit 4K pages that the next step has at most
 */
public record ScrubRange(
        Geometry geometry, int page, int pages, int cap, boolean refusals, int limit, ScrubReport soFar)
        implements
            Routine<ScrubReport> {
    private static final CreateMapping.Created REFUSED =
            new CreateMapping.Created(CreateMapping.Status.NO_ROOM, 0, 0, Level.SIZE_4K);

    public ScrubRange {
        if (cap < 1 || limit < 1 || limit > cap) {
            throw new IllegalArgumentException(
                    "a step of %d pages at most, of %d altogether, is none".formatted(limit, cap));
        }
    }

    /** A scrub that begins. */
    public ScrubRange(Geometry geometry, int page, int pages, int cap, boolean refusals) {
        this(geometry, page, pages, cap, refusals, cap, ScrubReport.NONE);
    }

    @Override
    public ScrubReport run(Cpu cpu) {
        if (pages == 0) {
            return soFar;
        }
        int span = geometry.span(Level.SIZE_2M);
        int most = Math.min(limit, pages);
        boolean large = geometry.hasLargePages() && geometry.isLargeAligned(page) && most >= span;
        int step = large ? most - most % span : upToLarge(most, span);
        boolean refused = refusals && cpu.choose(2) == 1;
        CreateMapping.Created mapping =
                refused ? REFUSED : cpu.call(new CreateMapping(geometry, page, page + step, 0));
        if (mapping.status() != CreateMapping.Status.MAPPED) {
            return cpu.again(new ScrubRange(
                    geometry, page, pages, cap, refusals, Math.max(1, step / 2),
                    step == 1 ? soFar : soFar.withRefusal()));
        }
        int count = mapping.count();
        cpu.call(new ZeroStep(mapping.slot(), count, geometry.span(mapping.level()), mapping.level()));
        ScrubReport report = soFar.withStep(large ? 0 : count, large ? count : 0, step);
        return cpu.again(new ScrubRange(geometry, page + step, pages - step, cap, refusals, cap, report));
    }

    /** Small pages stop where large ones can begin, if one is to follow. */
    private int upToLarge(int most, int span) {
        int next = geometry.head(page + span - 1) - page;
        return geometry.hasLargePages() && next > 0 && pages - next >= span && cap >= span
                ? Math.min(most, next)
                : most;
    }

    /** Zeroes what was mapped, and unmaps it. */
    record ZeroStep(int slot, int count, int span, Level level) implements Routine<Boolean> {
        @Override
        public Boolean run(Cpu cpu) {
            for (int i = 0; i < count; i++) {
                for (int index = 0; index < span; index++) {
                    if (cpu.ask(new ZeroMapped(slot + i, index, level)) != Stored.STORED) {
                        throw new Panic("fault while zeroing through the window");
                    }
                }
            }
            cpu.ask(new UnmapPages(slot, count, level));
            return true;
        }
    }
}
