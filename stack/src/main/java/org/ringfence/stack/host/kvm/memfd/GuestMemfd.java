package org.ringfence.stack.host.kvm.memfd;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The guest_memfd of a VM and userspace's memory. Folios are of order 0. A folio that has left the file is free
 * when nobody holds it.
 *
 * @param folio of each page in the file
 * @param user userspace's memory at each page
 * @param holders actors that hold a folio
 */
public record GuestMemfd(Geometry geometry, FrameRef folio, FrameRef user, Bits holders) {
    /** Brings it. */
    public static final Part PART = Part.of(GuestMemfd.class, GuestMemfd::declare);

    private static GuestMemfd declare(Declaration declaration, Machine machine, Cast cast) {
        Geometry geometry = machine.part(Memory.class).geometry();
        Table page = declaration.table("memfd page", "number", geometry.pages());
        return new GuestMemfd(
                geometry,
                page.frame("folio"),
                page.frame("userspace"),
                declaration.perFrame("folio").bits("held by", cast.actors().size()));
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
}
