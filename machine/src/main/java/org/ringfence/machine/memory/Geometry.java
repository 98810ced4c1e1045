package org.ringfence.machine.memory;

/**
 * How many pages and frames a machine has, and how many small pages make a large one: 512 in life, a few in the
 * checker.
 *
 * <p>Guest physical addresses are real ones: a large page spans 2 MiB of them even when it has fewer than 512 small
 * pages, which then lie at its beginning. Page numbers are dense: page {@code i} is small page
 * {@code i % smallPerLarge} of large page {@code i / smallPerLarge}; likewise frames.
 *
 * @param pages 4K pages of guest physical memory
 * @param frames 4K frames of host memory
 * @param smallPerLarge 4K pages in a 2M page; 1 when the machine has no large pages
 */
public record Geometry(int pages, int frames, int smallPerLarge) {
    /** Bytes of a small page. */
    public static final long SMALL = 0x1000;

    /** Bytes of a large page. */
    public static final long LARGE = 0x20_0000;

    public Geometry {
        if (smallPerLarge < 1 || smallPerLarge > 512) {
            throw new IllegalArgumentException("a 2M page has " + smallPerLarge + " small pages; allowed are 1 to 512");
        }
        if (pages < 1 || frames < 1) {
            throw new IllegalArgumentException("a machine needs at least one page and one frame");
        }
        if (pages % smallPerLarge != 0 || frames % smallPerLarge != 0) {
            throw new IllegalArgumentException(pages + " pages and " + frames
                    + " frames are no whole number of large pages of " + smallPerLarge + " small ones");
        }
    }

    /**
     * Refuses another number of frames than there are, for operations that tell frames apart by it.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public void requireFrames(int number) {
        if (number != frames) {
            throw new IllegalArgumentException("the machine has %d frames, not %d".formatted(frames, number));
        }
    }

    /** Whether the machine has 2M pages. */
    public boolean hasLargePages() {
        return smallPerLarge > 1;
    }

    /** The guest physical address of page {@code page}. */
    public long gpa(int page) {
        return hasLargePages() ? page / smallPerLarge * LARGE + page % smallPerLarge * SMALL : page * SMALL;
    }

    /** The address of the {@code count}th 4K page after the one at {@code gpa}, in bytes. */
    public long gpa(long gpa, int count) {
        return gpa(page(gpa) + count);
    }

    /** The number of the page at {@code gpa}; -1 when the address is not 4K aligned or beyond guest memory. */
    public int page(long gpa) {
        if (gpa < 0 || (gpa & SMALL - 1) != 0) {
            return -1;
        }
        long page;
        if (hasLargePages()) {
            long small = gpa % LARGE / SMALL;
            page = small < smallPerLarge ? gpa / LARGE * smallPerLarge + small : -1;
        } else {
            page = gpa / SMALL;
        }
        return page < pages ? (int) page : -1;
    }

    /** Small pages in a page of this size. */
    public int span(Level level) {
        return level == Level.SIZE_2M ? smallPerLarge : 1;
    }

    /** Whether {@code pageOrFrame} is the first of a large one. */
    public boolean isLargeAligned(int pageOrFrame) {
        return pageOrFrame % smallPerLarge == 0;
    }

    /** The first small page or frame of the large one around {@code pageOrFrame}. */
    public int head(int pageOrFrame) {
        return pageOrFrame - pageOrFrame % smallPerLarge;
    }
}
