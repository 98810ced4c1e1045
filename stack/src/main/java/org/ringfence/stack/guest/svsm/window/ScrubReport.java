package org.ringfence.stack.guest.svsm.window;

/**
 * What a scrub took.
 *
 * @param steps mappings that were made and zeroed
 * @param small pages of 4K mapped as such
 * @param large pages of 2M mapped as such
 * @param refused mappings that could not be had and were tried again with half the pages; how often one page was tried
 *     is not counted
 * @param largest 4K pages of the largest step
 */
public record ScrubReport(long steps, long small, long large, long refused, long largest) {
    /** Nothing yet. */
    public static final ScrubReport NONE = new ScrubReport(0, 0, 0, 0, 0);

    ScrubReport withRefusal() {
        return new ScrubReport(steps, small, large, refused + 1, largest);
    }

    ScrubReport withStep(int smallPages, int largePages, int pages) {
        return new ScrubReport(
                steps + 1, small + smallPages, large + largePages, refused, Math.max(largest, pages));
    }
}
