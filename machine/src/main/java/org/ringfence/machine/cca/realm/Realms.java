package org.ringfence.machine.cca.realm;

import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * Realm descriptors. A realm has a number, from 0; that of the machine's guest is 0, and others are the host's own.
 *
 * @param rd the granule of the descriptor, by which commands name the realm
 * @param root the granule of the root table
 * @param vmid how the TLB tells its translations from others
 * @param recCount how many RECs were ever created, and with that the next one's MPIDR
 */
public record Realms(
        int count, int recs, Enumerated<RealmState> state, FrameRef rd, FrameRef root, Bounded vmid, Bounded recCount) {

    /** How many VMIDs there are for realms. */
    public static final int VMIDS = 2;

    /** Declares {@code count} realms of {@code recs} RECs at most. */
    public static Realms declare(Declaration declaration, int count, int recs) {
        Table table = declaration.table("RD", "realm", count);
        return new Realms(
                count,
                recs,
                table.enumerated("state", RealmState.class),
                table.frame("granule"),
                table.frame("root"),
                table.bounded("vmid", count > 1 ? VMIDS - 1 : 0),
                table.bounded("RECs", recs));
    }

    /** The realm whose descriptor lies in {@code frame}; -1 where none does. */
    public int at(State state, int frame) {
        for (int realm = 0; realm < count; realm++) {
            if (rd.get(state, realm) == frame) {
                return realm;
            }
        }
        return -1;
    }

    /** A number without a realm; -1 where all are taken. */
    public int free(State state) {
        for (int realm = 0; realm < count; realm++) {
            if (this.state.is(state, realm, RealmState.NONE)) {
                return realm;
            }
        }
        return -1;
    }

    /** Whether a realm has this VMID. */
    public boolean isTaken(State state, int number) {
        for (int realm = 0; realm < count; realm++) {
            if (!this.state.is(state, realm, RealmState.NONE) && vmid.get(state, realm) == number) {
                return true;
            }
        }
        return false;
    }
}
