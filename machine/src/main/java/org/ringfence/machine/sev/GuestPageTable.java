package org.ringfence.machine.sev;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.ValueNames;

/**
 * The guest's own page table, as far as it says which pages are encrypted: a C-bit a page, all 1 at first. Every page
 * is mapped, at its own number. A vCPU that has used a page goes on with the C-bit it found until it invalidates that
 * translation.
 *
 * @param shared the C-bit is 0
 * @param kept a translation for each vCPU and page: 0 none, 1 with C-bit 1, 2 with C-bit 0
 */
public record GuestPageTable(Geometry geometry, int vcpus, Flag shared, Bounded kept) {
    /** Brings it. */
    public static final Part PART = Part.of(
            GuestPageTable.class,
            (declaration, machine, cast) -> declare(declaration, machine.part(Memory.class).geometry(), cast.vcpus()));

    private static final int NONE = 0;
    private static final int PRIVATE = 1;
    private static final int SHARED = 2;

    /** Declares a table that actors 0 to {@code vcpus - 1} use. */
    public static GuestPageTable declare(Declaration declaration, Geometry geometry, int vcpus) {
        return new GuestPageTable(
                geometry,
                vcpus,
                declaration.perPage("guest page table", geometry.pages()).flag("C-bit 0"),
                declaration
                        .perPageAndMore("guest TLB", "vCPU and page", vcpus * geometry.pages())
                        .bounded("C-bit", SHARED, ValueNames.of("none kept", "1", "0")));
    }

    /** Through which mapping {@code vcpu} would reach {@code page} now. */
    public Mapping peek(State state, int vcpu, int page) {
        int keeps = kept.get(state, vcpu * geometry.pages() + page);
        boolean isShared = keeps == NONE ? shared.get(state, page) : keeps == SHARED;
        return isShared ? Mapping.SHARED : Mapping.PRIVATE;
    }

    /** Through which mapping {@code vcpu} reaches {@code page}; from now on until it invalidates that. */
    Mapping use(State state, int vcpu, int page) {
        Mapping mapping = peek(state, vcpu, page);
        kept.set(state, vcpu * geometry.pages() + page, mapping == Mapping.SHARED ? SHARED : PRIVATE);
        return mapping;
    }

    /** INVLPG on {@code vcpu}. */
    void invalidate(State state, int vcpu, int page) {
        kept.set(state, vcpu * geometry.pages() + page, NONE);
    }
}
