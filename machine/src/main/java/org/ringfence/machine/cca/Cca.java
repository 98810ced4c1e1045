package org.ringfence.machine.cca;

import java.util.Optional;
import org.ringfence.machine.cca.granule.GranuleState;
import org.ringfence.machine.cca.granule.Granules;
import org.ringfence.machine.cca.realm.RealmState;
import org.ringfence.machine.cca.realm.Realms;
import org.ringfence.machine.cca.realm.RecExitReason;
import org.ringfence.machine.cca.realm.Recs;
import org.ringfence.machine.cca.rtt.RealmTranslations;
import org.ringfence.machine.cca.rtt.Rtt;
import org.ringfence.machine.cca.rtt.RttEntry;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * A machine with the Realm Management Extension, and the RMM on it.
 *
 * <p>What the mechanism guarantees: memory of a realm lies in granules that nobody outside the Realm world reaches, and
 * in one place only; its tables are the RMM's, and the host changes them by commands that the RMM checks. What an
 * address <em>is</em> to the realm, its RIPAS, changes as the realm asks, except that the host may take memory away at
 * any time. Then the address is DESTROYED, the realm's next access leaves for the host and comes to nothing, and no
 * other memory appears there before the realm has asked for it in so many words.
 *
 * <p>What it does not: an address can be without memory at any time; what a granule holds that is new to the realm is
 * open; and a realm that makes RAM of an address anew finds there what it left, as long as the host has not taken the
 * granule.
 *
 * <p>Each command is one step, as the RMM's locks make it look. All contents are under one key: that memory of the
 * Realm world is encrypted is for whoever has the memory bus, who is not here. MMIO that the host emulates is left out:
 * it is as if the host had mapped a page.
 *
 * @param wipe when granules are zeroed
 */
public record Cca(
        Geometry geometry,
        Granules granules,
        Realms realms,
        Recs recs,
        Rtt rtt,
        RealmTranslations translations,
        Memory memory,
        Optional<Ledger> ledger,
        Wipe wipe,
        Guards guards)
        implements
            GuestMemory {

    /** When granules are zeroed. */
    public enum Wipe {
        @Meaning("When they are delegated, and when what they were used for is destroyed: TF-RMM for RMM 1.0.")
        WHEN_DESTROYED,
        @Meaning("When they become memory of a realm, and when they are given back: later ones.")
        WHEN_UNDELEGATED
    }

    /** The realm that the machine's guests run in. */
    public static final int GUEST = 0;

    private static final long ABORT = -1000;
    private static final RecExitReason[] REASONS = RecExitReason.values();

    /**
     * Declares the tables.
     *
     * @param count realms, at most
     * @param vcpus RECs of a realm, at most: actors 0 to {@code vcpus - 1} are those of the first
     * @param planes planes of a realm; the vCPUs run in them in turn
     */
    public static Cca declare(
            Declaration declaration,
            Memory memory,
            Cpus cpus,
            Optional<Ledger> ledger,
            int count,
            int vcpus,
            int planes,
            Wipe wipe,
            Guards guards) {
        Geometry geometry = memory.geometry();
        Granules granules = Granules.declare(declaration, guards);
        Realms realms = Realms.declare(declaration, count, vcpus);
        Recs recs = Recs.declare(declaration, geometry, cpus, count, vcpus);
        Rtt rtt = Rtt.declare(declaration, geometry, count);
        return new Cca(
                geometry,
                granules,
                realms,
                recs,
                rtt,
                RealmTranslations.declare(declaration, planes, rtt.places(), guards),
                memory,
                ledger,
                wipe,
                guards);
    }

    /** Whether the check is made, or the step taken. */
    public boolean checks(CcaGuard guard) {
        return guards.checks(guard);
    }

    // ---- accesses of a realm

    /**
     * The realm that {@code actor} is software of.
     *
     * @throws IllegalArgumentException where the actor runs on none of its RECs
     */
    public static Cca of(Machine machine, Actor actor) {
        Cca cca = machine.part(Cca.class);
        cca.require(actor);
        return cca;
    }

    @Override
    public void require(Actor actor) {
        if (actor.principal() != Principal.GUEST || actor.index() >= recs.recs()) {
            throw new IllegalArgumentException("%s, software of the %s, runs on no REC of the realm"
                    .formatted(actor, actor.principal()));
        }
    }

    @Override
    public long access(State state, Actor actor, int page, Mapping mapping, boolean write) {
        int vcpu = actor.index();
        if (recs.abort().get(state, vcpu)) {
            recs.abort().set(state, vcpu, false);
            return SYNCHRONOUS_EXTERNAL_ABORT;
        }
        int place = mapping == Mapping.PRIVATE ? page : page + geometry.pages();
        long found = translate(state, vcpu, place);
        if (found >= 0 || found == SYNCHRONOUS_EXTERNAL_ABORT) {
            return found;
        }
        recs.leave(state, vcpu, Status.EXITED, REASONS[(int) (ABORT - found)], page);
        return Outcome.EXITS;
    }

    /** What is assigned at the protected address, and at the unprotected one. */
    @Override
    public int frames(State state, int page) {
        int frames = 0;
        for (int place = page; place < 2 * geometry.pages(); place += geometry.pages()) {
            frames += rtt.frame(state, rtt.walk(state, GUEST, place), place) == FrameRef.NONE ? 0 : 1;
        }
        return frames;
    }

    /** As TF-RMM, core/exit.c, makes of an abort what the realm or its host gets to see. */
    private long translate(State state, int vcpu, int place) {
        int plane = vcpu % translations.planes();
        int kept = translations.at(state, plane, place);
        if (kept != FrameRef.NONE) {
            return checked(state, place, kept);
        }
        int entry = rtt.walk(state, GUEST, place);
        return switch (rtt.entry().get(state, entry)) {
            case ASSIGNED_RAM, ASSIGNED_NS -> {
                int frame = rtt.frame(state, entry, place);
                long found = checked(state, place, frame);
                if (found >= 0) {
                    translations.fill(state, plane, place, frame);
                }
                yield found;
            }
            case UNASSIGNED_EMPTY, ASSIGNED_EMPTY -> SYNCHRONOUS_EXTERNAL_ABORT;
            case UNASSIGNED_RAM, UNASSIGNED_DESTROYED, ASSIGNED_DESTROYED -> exit(RecExitReason.SYNC_PROTECTED);
            case UNASSIGNED_NS -> exit(RecExitReason.SYNC_UNPROTECTED);
            case TABLE -> throw new IllegalStateException("a walk ends at a table");
        };
    }

    private long checked(State state, int place, int frame) {
        boolean passes = rtt.isProtected(place)
                ? granules.permitsRealm(state, frame)
                : granules.is(state, frame, GranuleState.NS)
                        || !checks(CcaGuard.GPC_UNPROTECTED_ACCESS_IS_TO_NS);
        return passes ? frame : exit(RecExitReason.SYNC_GRANULE_PROTECTION);
    }

    private static long exit(RecExitReason reason) {
        return ABORT - reason.ordinal();
    }

    /** All contents are plain to whoever gets past the granule protection check. */
    @Override
    public int key(State state, Mapping mapping) {
        return 0;
    }

    // ---- granules

    /** The granule is the RMM's and used for nothing. */
    public void delegate(State state, int frame) {
        granules.set(state, frame, GranuleState.DELEGATED);
        if (wipe == Wipe.WHEN_DESTROYED) {
            wipe(state, frame, CcaGuard.GRANULE_IS_WIPED_FOR_REALM);
        }
    }

    /** The granule is the host's. */
    public void undelegate(State state, int frame) {
        if (wipe == Wipe.WHEN_UNDELEGATED) {
            wipe(state, frame, CcaGuard.GRANULE_IS_WIPED_FOR_HOST);
        }
        granules.set(state, frame, GranuleState.NS);
    }

    /** What the granule was used for is over. */
    public void release(State state, int frame) {
        if (wipe == Wipe.WHEN_DESTROYED) {
            wipe(state, frame, CcaGuard.GRANULE_IS_WIPED_FOR_HOST);
        }
        granules.set(state, frame, GranuleState.DELEGATED);
    }

    /** The granule becomes memory of a realm, with contents that nobody specifies. */
    public void give(State state, int frame) {
        if (wipe == Wipe.WHEN_UNDELEGATED) {
            wipe(state, frame, CcaGuard.GRANULE_IS_WIPED_FOR_REALM);
        }
        granules.set(state, frame, GranuleState.DATA);
    }

    private void wipe(State state, int frame, CcaGuard step) {
        if (checks(step)) {
            memory.write(state, frame, Value.ZERO, 0);
        }
    }

    // ---- translations

    /** Invalidates what is kept of {@code count} places from {@code place} on, where the realm is the guest's. */
    public void invalidate(State state, int realm, int place, int count, CcaGuard by) {
        if (realm == GUEST) {
            translations.invalidate(state, place, count, by);
        }
    }

    /** The realm is no more, and with it what its guest was owed. */
    public void forget(State state, int realm) {
        if (realm == GUEST) {
            translations.forget(state);
            for (int page = 0; ledger.isPresent() && page < geometry.pages(); page++) {
                ledger.get().released(state, page);
            }
        }
    }

    /** The state of {@code page} of the guest's realm. */
    public RttEntry entry(State state, int page) {
        return rtt.entry().get(state, rtt.walk(state, GUEST, page));
    }

    /** Whether the guest's realm exists and is in this state. */
    public boolean is(State state, RealmState wanted) {
        return realms.state().is(state, GUEST, wanted);
    }
}
