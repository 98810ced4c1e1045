package org.ringfence.stack.host.kvm.snp;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The guest_memfd of an SEV-SNP VM, its memory attributes and userspace's memory. All pages are private at first, as
 * QEMU makes them. Folios are of order 0. A folio that has left the file is free when nobody holds it.
 *
 * @param shared pages whose attribute is not KVM_MEMORY_ATTRIBUTE_PRIVATE
 * @param folio of each page in the file
 * @param user userspace's memory at each page
 * @param holders actors that hold a folio
 * @param invalidations in progress that cover a page
 */
public record SnpMemfd(
        Geometry geometry, Flag shared, FrameRef folio, FrameRef user, Bits holders, Bounded invalidations) {
    /** Brings it. */
    public static final Part PART = Part.of(SnpMemfd.class, SnpMemfd::declare);

    /** Invalidations of one page at once at most. */
    private static final int MOST = 3;

    private static SnpMemfd declare(Declaration declaration, Machine machine, Cast cast) {
        Geometry geometry = machine.part(Memory.class).geometry();
        Table page = declaration.table("memfd page", "number", geometry.pages());
        return new SnpMemfd(
                geometry,
                page.flag("shared"),
                page.frame("folio"),
                page.frame("userspace"),
                declaration.perFrame("folio").bits("held by", cast.actors().size()),
                page.bounded("invalidations", MOST));
    }

    /** Whether a frame is in the file. */
    boolean isInFile(State state, int frame) {
        for (int page = 0; page < geometry.pages(); page++) {
            if (folio.get(state, page) == frame) {
                return true;
            }
        }
        return false;
    }

    /** Begins an invalidation of a page; whether there is room to count one more. */
    boolean begin(State state, int page) {
        int before = invalidations.get(state, page);
        if (before == MOST) {
            return false;
        }
        invalidations.set(state, page, before + 1);
        return true;
    }

    /** Ends one; whether one was in progress. */
    boolean end(State state, int page) {
        int before = invalidations.get(state, page);
        if (before == 0) {
            return false;
        }
        invalidations.set(state, page, before - 1);
        return true;
    }
}
