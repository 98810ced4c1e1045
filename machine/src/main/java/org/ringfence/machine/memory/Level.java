package org.ringfence.machine.memory;

/** A page size, by its level in the page tables: TDX's SEPT levels and x86's page-table levels agree. */
public enum Level {
    /** 4 KiB, level 0. */
    SIZE_4K("4K"),
    /** 2 MiB, level 1: {@link Geometry#smallPerLarge} pages of 4K. */
    SIZE_2M("2M");

    private final String printed;

    Level(String printed) {
        this.printed = printed;
    }

    @Override
    public String toString() {
        return printed;
    }
}
