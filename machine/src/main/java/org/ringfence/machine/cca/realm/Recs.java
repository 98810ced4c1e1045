package org.ringfence.machine.cca.realm;

import org.ringfence.machine.cca.rtt.Ripas;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The RECs. Those of realm 0 are the machine's vCPUs, by the actors' indices; nothing runs on those of others.
 *
 * @param recs RECs of a realm, at most
 * @param granule of each REC of each realm
 * @param base first page of the RIPAS change that the REC's realm has asked for
 * @param top the page behind it; equal to {@code base} where none is pending
 * @param address the page that it has come to
 * @param toRam whether RAM is asked for, and not EMPTY
 * @param changeDestroyed whether DESTROYED pages are to change too
 * @param abort whether the host has put in an external abort that the REC has not taken yet
 * @param exit why the REC is with the host, for a host that looks
 * @param page where
 */
public record Recs(
        int recs,
        Cpus cpus,
        FrameRef granule,
        Bounded base,
        Bounded top,
        Bounded address,
        Flag toRam,
        Flag changeDestroyed,
        Flag abort,
        Enumerated<RecExitReason> exit,
        Bounded page) {

    /** Declares the RECs of {@code realms} realms. */
    public static Recs declare(Declaration declaration, Geometry geometry, Cpus cpus, int realms, int recs) {
        FrameRef granule = declaration.table("REC granule", "REC", realms * recs).frame("granule");
        Table table = declaration.table("REC", "vCPU", recs);
        return new Recs(
                recs,
                cpus,
                granule,
                table.bounded("base", geometry.pages()),
                table.bounded("top", geometry.pages()),
                table.bounded("address", geometry.pages()),
                table.flag("to RAM"),
                table.flag("change destroyed"),
                table.flag("abort"),
                table.enumerated("exit", RecExitReason.class),
                table.bounded("page", geometry.pages() - 1));
    }

    /** The number of REC {@code rec} of {@code realm}. */
    public int number(int realm, int rec) {
        return realm * recs + rec;
    }

    /** The number of the REC in {@code frame}; -1 where none is. */
    public int at(State state, int frame) {
        for (int number = 0; number < granule.cells().count(); number++) {
            if (granule.get(state, number) == frame) {
                return number;
            }
        }
        return -1;
    }

    /** Whether the REC of this number is on a CPU. */
    public boolean isRunning(State state, int number) {
        return number < Math.min(recs, cpus.actors()) && !cpus.isWithHost(state, number);
    }

    /** Whether any REC of {@code realm} exists. */
    public boolean hasAny(State state, int realm) {
        for (int rec = 0; rec < recs; rec++) {
            if (granule.get(state, number(realm, rec)) != FrameRef.NONE) {
                return true;
            }
        }
        return false;
    }

    /** Whether a RIPAS change is pending for {@code vcpu}. */
    public boolean isPending(State state, int vcpu) {
        return base.get(state, vcpu) != top.get(state, vcpu);
    }

    /** What the pending change asks for. */
    public Ripas wanted(State state, int vcpu) {
        return toRam.get(state, vcpu) ? Ripas.RAM : Ripas.EMPTY;
    }

    /** {@code vcpu} asks for a change of the pages from {@code first} to before {@code end}. */
    public void ask(State state, int vcpu, int first, int end, boolean ram, boolean destroyedToo) {
        base.set(state, vcpu, first);
        top.set(state, vcpu, end);
        address.set(state, vcpu, first);
        toRam.set(state, vcpu, ram);
        changeDestroyed.set(state, vcpu, destroyedToo);
    }

    /** Nothing is pending any more. */
    public void settle(State state, int vcpu) {
        ask(state, vcpu, 0, 0, false, false);
    }

    /** {@code vcpu} leaves for the host. */
    public void leave(State state, int vcpu, Status status, RecExitReason why, int where) {
        cpus.status().set(state, vcpu, status);
        exit.set(state, vcpu, why);
        page.set(state, vcpu, where);
    }

    /** {@code vcpu} is entered: the host is told nothing of it any more. */
    public void enter(State state, int vcpu) {
        exit.set(state, vcpu, RecExitReason.NONE);
        page.set(state, vcpu, 0);
    }
}
