package org.ringfence.machine.s390;

import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.memory.HostMemory;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * A machine with an Ultravisor and one protected guest, whose pages lie in the frames that the host gave them.
 *
 * <p>What the mechanism guarantees: only the guest reaches a secure page. When the host needs one, for swap or by
 * mistake, it is exported: encrypted first, and remembered, so that nothing else is imported in its place.
 *
 * <p>What it does not: the host may export a page at any time, and destroy it; a page that was destroyed is zero when
 * it is imported again, and the guest is told nothing. That is how Linux's comments read; whether the Ultravisor lets a
 * host destroy pages of a guest that still runs they do not say.
 *
 * <p>What one guest's page is worth to another is left out: there is one.
 *
 * @param state of each frame
 * @param frame where each page of the guest lies
 * @param exported whether the page was exported last, and not destroyed since
 * @param contents of what was exported: the Ultravisor's hash
 */
public record Ultravisor(
        Geometry geometry,
        Memory memory,
        Cpus cpus,
        Optional<Ledger> ledger,
        Guards guards,
        Enumerated<SecureState> state,
        FrameRef frame,
        Flag exported,
        Enumerated<Value> contents)
        implements
            GuestMemory,
            HostMemory {

    /** The key under which pages are exported. */
    public static final int KEY = 1;

    /** Declares the tables. */
    public static Ultravisor declare(
            Declaration declaration, Memory memory, Cpus cpus, Optional<Ledger> ledger, Guards guards) {
        Table pages = declaration.table("guest", "page", memory.geometry().pages());
        return new Ultravisor(
                memory.geometry(),
                memory,
                cpus,
                ledger,
                guards,
                declaration.perFrame("storage").enumerated("state", SecureState.class),
                pages.frame("frame"),
                pages.flag("exported"),
                pages.enumerated("contents", Value.class));
    }

    /** Whether the check is made, or the step taken. */
    public boolean checks(UvGuard guard) {
        return guards.checks(guard);
    }

    /** The page that lies in {@code at}; -1 where none does. */
    public int pageAt(State words, int at) {
        for (int page = 0; page < geometry.pages(); page++) {
            if (frame.get(words, page) == at) {
                return page;
            }
        }
        return -1;
    }

    /**
     * Whether the host reaches {@code at}: what is secure ends in an exception, which a kernel answers by exporting.
     */
    @Override
    public boolean permits(State words, int at, boolean write) {
        return !state.is(words, at, SecureState.SECURE) || !checks(UvGuard.HOST_ACCESS_IS_NOT_SECURE);
    }

    @Override
    public int frames(State words, int page) {
        return frame.get(words, page) == FrameRef.NONE ? 0 : 1;
    }

    /** An access to a page that is not secure leaves for the host (0x3E), which imports it. */
    @Override
    public long access(State words, Actor actor, int page, Mapping mapping, boolean write) {
        int at = frame.get(words, page);
        if (at != FrameRef.NONE && !state.is(words, at, SecureState.NON_SECURE)) {
            return at;
        }
        cpus.status().set(words, actor.index(), Status.EXITED);
        return Outcome.EXITS;
    }

    @Override
    public int key(State words, Mapping mapping) {
        return 0;
    }

    /** Encrypts a secure page for the host, and remembers it. */
    UvStatus export(State words, int at) {
        int page = pageAt(words, at);
        if (page < 0 || !state.is(words, at, SecureState.SECURE)) {
            return UvStatus.NOT_SECURE;
        }
        Value held = Value.values()[memory.look(words, at, 0)];
        exported.set(words, page, true);
        contents.set(words, page, held);
        if (checks(UvGuard.EXPORT_ENCRYPTS)) {
            memory.write(words, at, held, KEY);
        }
        state.set(words, at, SecureState.NON_SECURE);
        return UvStatus.SUCCESS;
    }

    /** Makes a page secure: a new one is cleared, one that was exported is decrypted and held against the hash. */
    UvStatus make(State words, int page) {
        int at = frame.get(words, page);
        if (at == FrameRef.NONE) {
            return UvStatus.NO_PAGE;
        }
        if (!state.is(words, at, SecureState.NON_SECURE) && checks(UvGuard.IMPORT_PAGE_IS_NOT_SECURE)) {
            return UvStatus.REFUSED;
        }
        if (exported.get(words, page)) {
            int found = memory.look(words, at, checks(UvGuard.EXPORT_ENCRYPTS) ? KEY : 0);
            boolean same = found == contents.ordinal(words, page);
            if (!same && checks(UvGuard.IMPORT_CONTENTS_ARE_EXPORTED)) {
                return UvStatus.REFUSED;
            }
            memory.write(words, at, same ? Value.values()[found] : Value.HOST, 0);
        } else if (checks(UvGuard.IMPORT_CLEARS)) {
            memory.write(words, at, Value.ZERO, 0);
        }
        exported.set(words, page, false);
        contents.set(words, page, Value.ZERO);
        state.set(words, at, SecureState.SECURE);
        return UvStatus.SUCCESS;
    }

    /** Clears a secure page for the host. */
    UvStatus destroy(State words, int at) {
        if (state.is(words, at, SecureState.NON_SECURE)) {
            return UvStatus.NOT_SECURE;
        }
        if (checks(UvGuard.DESTROY_CLEARS)) {
            memory.write(words, at, Value.ZERO, 0);
        }
        state.set(words, at, SecureState.NON_SECURE);
        return UvStatus.SUCCESS;
    }

    /** Pins a page that its guest shares. */
    UvStatus pin(State words, int at) {
        boolean shared = state.is(words, at, SecureState.SHARED) || state.is(words, at, SecureState.PINNED_SHARED);
        if (!shared && checks(UvGuard.PIN_IS_SHARED)) {
            return UvStatus.REFUSED;
        }
        state.set(words, at, SecureState.PINNED_SHARED);
        return UvStatus.SUCCESS;
    }

    /** Ends that. */
    UvStatus unpin(State words, int at) {
        if (!state.is(words, at, SecureState.PINNED_SHARED)) {
            return UvStatus.REFUSED;
        }
        state.set(words, at, SecureState.SHARED);
        return UvStatus.SUCCESS;
    }
}
