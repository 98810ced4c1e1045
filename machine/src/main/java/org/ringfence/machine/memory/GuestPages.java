package org.ringfence.machine.memory;

/** Turns the guest physical addresses of operations into page numbers. */
public final class GuestPages {
    private GuestPages() {}

    /** The page at {@code gpa}; {@link BeyondMemory} when the machine has none there. */
    public static int page(Geometry geometry, long gpa) {
        int page = geometry.page(gpa);
        if (page < 0) {
            throw new BeyondMemory(gpa, geometry.pages());
        }
        return page;
    }

    /**
     * A routine names an address that the machine, as the case configures it, does not have: the machine is too small.
     */
    public static final class BeyondMemory extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        BeyondMemory(long gpa, int pages) {
            super("GPA 0x%X is beyond the machine's %d pages of 4K".formatted(gpa, pages));
        }
    }
}
