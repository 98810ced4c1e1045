package org.ringfence.machine.sev.firmware;

import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The guests that the firmware knows: what it keeps of each in its own memory or, with SNP, in a Context page.
 *
 * @param count how many it has room for
 * @param life how far its life has come
 * @param asid the one it has; 0 for none
 */
public record SevGuests(int count, Enumerated<Life> life, Bounded asid) {

    /** How far a guest's life has come. */
    public enum Life {
        /** There is none. */
        NONE,
        /** It has a key and no policy: between SNP_GCTX_CREATE and SNP_LAUNCH_START. */
        INIT,
        /** Its memory is being measured. */
        LAUNCH,
        /** It has been measured, and secrets can be given to it. Without SNP only. */
        SECRET,
        /** It runs. */
        RUNNING
    }

    /** Declares room for {@code count} guests under ASIDs 1 to {@code asids}. */
    public static SevGuests declare(Declaration declaration, int count, int asids) {
        Table table = declaration.table("firmware guest", "guest", count);
        return new SevGuests(count, table.enumerated("state", Life.class), table.bounded("ASID", asids));
    }

    /** Whether the guest has an ASID: it is activated, or will be when its launch is finished. */
    public boolean isActive(State state, int guest) {
        return asid.get(state, guest) != 0;
    }

    /** The first guest that there is not; -1 where the firmware has no more room. */
    public int free(State state) {
        for (int guest = 0; guest < count; guest++) {
            if (life.is(state, guest, Life.NONE)) {
                return guest;
            }
        }
        return -1;
    }

    /** Whether {@code guest} is one that there is. */
    public boolean exists(State state, int guest) {
        return guest >= 0 && guest < count && !life.is(state, guest, Life.NONE);
    }

    /** Forgets the guest. */
    public void clear(State state, int guest) {
        life.set(state, guest, Life.NONE);
        asid.set(state, guest, 0);
    }
}
