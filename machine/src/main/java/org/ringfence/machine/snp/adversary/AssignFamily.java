package org.ringfence.machine.snp.adversary;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.state.State;

/**
 * RMPUPDATE of any frame to any page of the guest at any size. Its arguments: the immutable bit, the size, the page,
 * the frame.
 *
 * @param immutable whether the host also sets the immutable bit
 */
public record AssignFamily(Snp snp, boolean immutable) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        Geometry geometry = snp.geometry();
        for (int frame = 0; frame < geometry.frames(); frame++) {
            if (Rmpupdate.isTaken(state, snp.rmp(), frame, Level.SIZE_4K)) {
                assign(state, successors, frame, Level.SIZE_4K);
            }
            if (Rmpupdate.isTaken(state, snp.rmp(), frame, Level.SIZE_2M)) {
                assign(state, successors, frame, Level.SIZE_2M);
            }
        }
    }

    private void assign(State state, Successors successors, int frame, Level size) {
        int asid = snp.options().guestAsid();
        int pages = snp.geometry().pages();
        for (int page = 0; page < pages; page += snp.geometry().span(size)) {
            snp.rmp().replace(state, frame, true, page, size, asid, false);
            successors.take(code(frame, page, size, false));
            if (immutable) {
                snp.rmp().replace(state, frame, true, page, size, asid, true);
                successors.take(code(frame, page, size, true));
            }
        }
    }

    private int code(int frame, int page, Level size, boolean fixed) {
        return (frame * snp.geometry().pages() + page) * 4 + size.ordinal() * 2 + (fixed ? 1 : 0);
    }

    @Override
    public List<Integer> arguments() {
        List<Integer> all = new ArrayList<>();
        int pairs = snp.geometry().frames() * snp.geometry().pages();
        for (int code = 0; code < pairs * 4; code++) {
            boolean large = (code & 2) != 0;
            boolean fixed = (code & 1) != 0;
            if ((!large || snp.geometry().hasLargePages()) && (!fixed || immutable)) {
                all.add(code);
            }
        }
        return all;
    }

    @Override
    public Operation<?> operation(int arguments) {
        int pages = snp.geometry().pages();
        int page = arguments / 4 % pages;
        return new Rmpupdate(
                new Frame(arguments / 4 / pages),
                true,
                snp.geometry().gpa(page),
                (arguments & 2) != 0 ? Level.SIZE_2M : Level.SIZE_4K,
                snp.options().guestAsid(),
                (arguments & 1) != 0);
    }
}
