package org.ringfence.stack.guest.linux;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.stack.guest.acceptance.BitmapOperation.MarkRange;
import org.ringfence.stack.guest.acceptance.BitmapOperation.TestAccepted;
import org.ringfence.stack.guest.acceptance.HandOverEarlyMemory.On;

/**
 * A kernel that accepts memory lazily, on a machine of the checker. Its table covers pages from address 0 on, and is
 * kept as the guest's bitmap of what it has accepted: a clear bit is an unaccepted page. All pages of a unit have the
 * same bit.
 *
 * @param on what protects it
 * @param geometry of the machine
 * @param pages that the table covers, a multiple of the unit
 * @param unit 4K pages of a unit: 512 in life, a few here
 * @param guard whether the unit behind an aligned end is accepted too
 * @param list whether CPUs that accept the same unit wait for each other
 */
record LazyKernel(On on, Geometry geometry, int pages, int unit, boolean guard, boolean list) {

    LazyKernel {
        if (unit < 1 || Integer.bitCount(unit) != 1 || pages % unit != 0) {
            throw new IllegalArgumentException(
                    "a unit of %d pages in a table of %d; allowed are powers of two that divide it"
                            .formatted(unit, pages));
        }
    }

    /** Whose table covers all of the machine's pages. */
    LazyKernel(On on, Geometry geometry, int unit, boolean guard, boolean list) {
        this(on, geometry, geometry.pages(), unit, guard, list);
    }

    /** With a guard unit and the list, as Linux. */
    static LazyKernel linux(On on, Geometry geometry, int unit) {
        return new LazyKernel(on, geometry, unit, true, true);
    }

    UnitMath math() {
        return new UnitMath(unit * Geometry.SMALL, 0, pages / unit);
    }

    /** The address of a page. */
    long gpa(int page) {
        return geometry.gpa(page);
    }

    /**
     * What the table's arithmetic is done with: pages one behind the other. A large page of the machine has fewer small
     * ones than in life, so that addresses have gaps which the table has not.
     */
    private static PhysicalRange range(int page, int count) {
        return new PhysicalRange(page * Geometry.SMALL, (page + count) * Geometry.SMALL);
    }

    /** accept_memory of {@code count} pages from {@code page} on. */
    void accept(Cpu cpu, int page, int count) {
        accept(cpu, page, count, false);
    }

    /**
     * The same.
     *
     * @param interruptible whether an interrupt may come meanwhile, whose handler asks for the same
     */
    void accept(Cpu cpu, int page, int count, boolean interruptible) {
        UnitRange units = math().units(range(page, count), guard);
        if (!units.isEmpty()) {
            cpu.call(new AcceptUnits(
                    this, (int) units.first() * unit, (int) units.end() * unit, interruptible));
        }
    }

    /** range_contains_unaccepted_memory of {@code count} pages from {@code page} on. */
    boolean contains(Cpu cpu, int page, int count, Probe probe) {
        return math().contains(range(page, count), guard, probe, number -> !isAccepted(cpu, (int) number * unit));
    }

    boolean isAccepted(Cpu cpu, int page) {
        return cpu.ask(new TestAccepted(gpa(page)));
    }

    /** The table of a kernel that finds all of it unaccepted. */
    void forget(Cpu cpu) {
        cpu.ask(new MarkRange(0, pages, false));
    }
}
