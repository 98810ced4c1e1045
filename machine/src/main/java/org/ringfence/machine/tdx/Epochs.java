package org.ringfence.machine.tdx;

import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;

/**
 * TLB tracking: whether every vCPU that could hold a translation from before a block has left the TD since.
 *
 * <p>The module counts epochs: TD_EPOCH grows with each TDH.MEM.TRACK, a page blocked takes it as its BEPOCH, a vCPU takes it at
 * TDH.VP.ENTER, and REFCOUNT counts the vCPUs inside of the current and of the previous epoch. A page is tracked once its BEPOCH is older than
 * the previous epoch, or is the previous one and no vCPU of it is inside; and no third epoch may begin while one is.
 *
 * <p>Only differences matter, so this class keeps them and not the counts: a blocked page is of the {@link #CURRENT} epoch, of the
 * {@link #PREVIOUS} one, or {@link #TRACKED}; a vCPU inside is of the current or of the previous one. As no vCPU enters the previous epoch any
 * more, its pages become tracked when its last vCPU leaves. Hence finitely many states, whatever the host does.
 *
 * <p>Source: TDX module 1.5.01, helpers.h (is_tlb_tracked), helpers.c (adjust_tlb_tracking_state), tdh_mem_track.c.
 *
 * @param tracked whether pages wait at all
 * @param entered for each vCPU inside, whether it entered in the previous epoch
 */
record Epochs(boolean tracked, SeptTable small, SeptTable large, Cpus cpus, int vcpus, Bounded entered) {

    /** The age of a page that is tracked, or not blocked. */
    static final int TRACKED = 0;

    /** The age of a page with BEPOCH = TD_EPOCH - 1 while vCPUs of that epoch are inside. */
    static final int PREVIOUS = 1;

    /** The age of a page with BEPOCH = TD_EPOCH. */
    static final int CURRENT = 2;

    static Epochs declare(
            Declaration declaration, boolean tracked, SeptTable small, SeptTable large, Cpus cpus, int vcpus) {
        Bounded entered =
                declaration.table("vCPU epoch", "vCPU", vcpus).bounded("entered in the previous", tracked ? 1 : 0);
        return new Epochs(tracked, small, large, cpus, vcpus, entered);
    }

    /** An entry is blocked now. */
    void block(State state, SeptTable table, int index) {
        if (tracked) {
            table.age().set(state, index, CURRENT);
        }
    }

    /** An entry is blocked no longer. */
    void forget(State state, SeptTable table, int index) {
        table.age().set(state, index, TRACKED);
    }

    /** Whether nobody can hold a translation through a blocked entry. */
    boolean isTracked(State state, SeptTable table, int index) {
        return table.age().get(state, index) == TRACKED;
    }

    /** Whether a vCPU of the previous epoch is inside: REFCOUNT[TD_EPOCH - 1] is not 0. */
    boolean isPreviousBusy(State state) {
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            if (entered.get(state, vcpu) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Begins the next epoch; {@link #isPreviousBusy} must be false. */
    void advance(State state) {
        if (!tracked) {
            return;
        }
        boolean inside = false;
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            if (!cpus.isWithHost(state, vcpu)) {
                entered.set(state, vcpu, 1);
                inside = true;
            }
        }
        replace(state, CURRENT, inside ? PREVIOUS : TRACKED);
    }

    /** A vCPU has left the TD. */
    void leave(State state, int vcpu) {
        if (entered.get(state, vcpu) != 0) {
            entered.set(state, vcpu, 0);
            if (!isPreviousBusy(state)) {
                replace(state, PREVIOUS, TRACKED);
            }
        }
    }

    private void replace(State state, int age, int by) {
        replace(state, small, age, by);
        replace(state, large, age, by);
    }

    private static void replace(State state, SeptTable table, int age, int by) {
        for (int index = 0; index < table.count(); index++) {
            if (table.age().get(state, index) == age) {
                table.age().set(state, index, by);
            }
        }
    }
}
