package org.ringfence.machine.tdx.sept;

import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The tables of the L2 Secure EPTs beside the L1 tables of one level, by the frames they take. Where a machine keeps
 * none, each L2 VM has every table that L1 has.
 *
 * @param vms L2 VMs whose tables are kept; 0 where none are
 */
public record L2Tables(int vms, FrameRef first, FrameRef second, FrameRef third) {

    static L2Tables declare(Declaration declaration, String name, int entries, int vms) {
        Table table = declaration.perPageAndMore("L2 tables " + name, "entry", vms == 0 ? 0 : entries);
        Table more = declaration.perPageAndMore("L2 VM 2 tables " + name, "entry", vms < 2 ? 0 : entries);
        Table most = declaration.perPageAndMore("L2 VM 3 tables " + name, "entry", vms < 3 ? 0 : entries);
        return new L2Tables(vms, table.frame("VM 1"), more.frame("frame"), most.frame("frame"));
    }

    /** The frame of the table of L2 VM {@code vm}, from 1; {@link FrameRef#NONE}. */
    public int frame(State state, int index, int vm) {
        return of(vm).get(state, index);
    }

    /** Gives the VM a table, or takes it: {@link FrameRef#NONE}. */
    public void set(State state, int index, int vm, int frame) {
        of(vm).set(state, index, frame);
    }

    private FrameRef of(int vm) {
        return switch (vm) {
            case 1 -> first;
            case 2 -> second;
            case 3 -> third;
            default -> throw new IllegalArgumentException("there is no L2 VM " + vm);
        };
    }
}
