package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;

/**
 * A VM's memory attributes: mem_attr_array. A page is private until it is made shared, as QEMU begins for confidential
 * guests. Source: virt/kvm/kvm_main.c.
 *
 * @param shared pages that have not KVM_MEMORY_ATTRIBUTE_PRIVATE
 */
public record MemoryAttributes(Geometry geometry, Flag shared) {
    /** Brings them; a machine that is a VM of KVM's by itself has them already. */
    public static final Part PART = Part.of(
            MemoryAttributes.class,
            (declaration, machine, cast) -> machine.find(MemoryAttributes.class)
                    .orElseGet(() -> declare(declaration, machine.part(Memory.class).geometry())));

    static MemoryAttributes declare(Declaration declaration, Geometry geometry) {
        return new MemoryAttributes(
                geometry, declaration.table("memory attributes", "page", geometry.pages()).flag("shared"));
    }

    /** Whether a page is private: kvm_mem_is_private. */
    public boolean isPrivate(State state, int page) {
        return !shared.get(state, page);
    }

    /** Stores a page's attribute. */
    public void set(State state, int page, boolean toPrivate) {
        shared.set(state, page, !toPrivate);
    }

    /** Whether attributes within the 2M around a page differ: what KVM keeps in lpage_info. */
    boolean isMixed(State state, int page) {
        int head = geometry.head(page);
        for (int i = head + 1; i < head + geometry.smallPerLarge(); i++) {
            if (shared.get(state, i) != shared.get(state, head)) {
                return true;
            }
        }
        return false;
    }
}
