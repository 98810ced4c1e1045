package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The invalidations of a VM's memory that are in progress, as KVM counts them. Source: include/linux/kvm_host.h.
 *
 * @param inProgress how many are: mmu_invalidate_in_progress
 * @param covered the pages from the first to the last that any of them covers: mmu_invalidate_range_start and _end
 */
public record Invalidations(Geometry geometry, Bounded inProgress, Bits covered) {
    /** Brings it; a machine that is a VM of KVM's by itself has it already. */
    public static final Part PART = Part.of(
            Invalidations.class,
            (declaration, machine, cast) -> machine.find(Invalidations.class)
                    .orElseGet(() -> declare(declaration, machine.part(Memory.class).geometry())));

    /** Invalidations at once at most. */
    private static final int MOST = 3;

    static Invalidations declare(Declaration declaration, Geometry geometry) {
        Table vm = declaration.single("VM");
        return new Invalidations(
                geometry, vm.bounded("invalidations", MOST), vm.bits("covered", geometry.pages()));
    }

    /** Whether one is in progress. */
    boolean any(State state) {
        return inProgress.get(state) != 0;
    }

    /** Whether one more can begin. */
    boolean canBegin(State state) {
        return inProgress.get(state) < MOST;
    }

    /**
     * One of the pages from {@code first} to {@code last} begins: what is covered grows to one range. All of the 2M
     * around each is in it, so that a fault of a neighbour makes no 2M mapping meanwhile. Source:
     * arch/x86/kvm/mmu/mmu.c, kvm_arch_pre_set_memory_attributes.
     */
    void begin(State state, int first, int last) {
        inProgress.set(state, inProgress.get(state) + 1);
        long block = -1L >>> Long.SIZE - geometry.smallPerLarge();
        long range = covered.get(state, 0) | block << geometry.head(first) | block << geometry.head(last);
        int highest = Long.SIZE - 1 - Long.numberOfLeadingZeros(range);
        int lowest = Long.numberOfTrailingZeros(range);
        covered.set(state, 0, (2L << highest) - (1L << lowest));
    }

    /** One ends. */
    void end(State state) {
        int left = inProgress.get(state) - 1;
        inProgress.set(state, left);
        if (left == 0) {
            covered.set(state, 0, 0);
        }
    }

    /** Whether one is in progress that may cover the page. */
    boolean mayCover(State state, int page) {
        return covered.has(state, 0, page);
    }
}
