package org.ringfence.machine.pkvm;

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
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * A machine under pKVM with a protected guest, and one beside it that is not protected and runs nothing.
 *
 * <p>What the mechanism guarantees: a page has one owner, and others reach it as the owner lets them. What a guest owns
 * alone the host's stage 2 does not map, so that no access of the host's gets there. The host may take it back by
 * force, but gets zeroes, and the guest finds poison.
 *
 * <p>What it does not: nothing is encrypted, so that whoever has the memory bus reads all; sharing is in place, so that
 * the host sees what the page holds at that instant, and the guest what the host left when it takes the page back; and
 * pages that the host donates hold what they held.
 *
 * <p>Pages are 4 KiB. A table covers as many pages of the guest as a 2M page has, or all of them; the pool of
 * page-table pages is what the host has donated to the hypervisor and no table has used.
 *
 * @param host what each frame is to the host
 * @param hyp what it is to the hypervisor
 * @param pinned whether the hypervisor has pinned it
 * @param shares how many pages of guests that are not protected it is shared with
 * @param page what each page of the protected guest is to it
 * @param frame where it lies
 * @param borrowed where each page of the other guest lies, all of which it borrows
 * @param table whether the table exists that covers a page of the protected guest
 * @param pool page-table pages that no table has used
 * @param dying whether the protected VM has ended
 */
public record Pkvm(
        Geometry geometry,
        Memory memory,
        Cpus cpus,
        Optional<Ledger> ledger,
        Guards guards,
        Enumerated<PkvmPageState> host,
        Enumerated<PkvmPageState> hyp,
        Flag pinned,
        Bounded shares,
        Enumerated<PkvmPageState> page,
        FrameRef frame,
        FrameRef borrowed,
        Flag table,
        Bounded pool,
        Flag dying)
        implements
            GuestMemory,
            HostMemory {

    /** Declares the tables; until {@link #begin} the host has no page. */
    public static Pkvm declare(
            Declaration declaration, Memory memory, Cpus cpus, Optional<Ledger> ledger, Guards guards) {
        Geometry geometry = memory.geometry();
        Table frames = declaration.perFrame("hyp_page");
        Table pages = declaration.table("guest stage 2", "page", geometry.pages());
        Table vm = declaration.single("VM");
        return new Pkvm(
                geometry,
                memory,
                cpus,
                ledger,
                guards,
                frames.enumerated("host", PkvmPageState.class, PkvmPageState.SHARED_BORROWED),
                frames.enumerated("hyp", PkvmPageState.class, PkvmPageState.SHARED_BORROWED),
                frames.flag("pinned"),
                frames.bounded("shares", geometry.pages()),
                pages.enumerated("state", PkvmPageState.class),
                pages.frame("frame"),
                pages.frame("borrowed"),
                pages.flag("table"),
                vm.bounded("pool", geometry.frames()),
                vm.flag("dying"));
    }

    /** Every frame is the host's. */
    public void begin(State state) {
        for (int at = 0; at < geometry.frames(); at++) {
            host.set(state, at, PkvmPageState.OWNED);
        }
    }

    /** Whether the check is made, or the step taken. */
    public boolean checks(PkvmGuard guard) {
        return guards.checks(guard);
    }

    /** The first page that the table has that covers {@code page}. */
    public int tableOf(int page) {
        return geometry.hasLargePages() ? geometry.head(page) : 0;
    }

    /** The page of the protected guest that lies in {@code at}; -1 where none does. */
    public int pageAt(State state, int at) {
        for (int number = 0; number < geometry.pages(); number++) {
            if (frame.get(state, number) == at) {
                return number;
            }
        }
        return -1;
    }

    /** The page is no more the guest's. */
    void take(State state, int number, PkvmPageState left) {
        page.set(state, number, left);
        frame.set(state, number, FrameRef.NONE);
    }

    void clear(State state, int at, PkvmGuard step) {
        if (checks(step)) {
            memory.write(state, at, Value.ZERO, 0);
        }
    }

    // ---- accesses

    /** Whether the host's stage 2 maps {@code frame}; where not, the host's kernel takes an abort. */
    @Override
    public boolean permits(State state, int frame, boolean write) {
        return !host.is(state, frame, PkvmPageState.NOPAGE) || !checks(PkvmGuard.HOST_STAGE_2_HAS_PAGE);
    }

    @Override
    public int frames(State state, int number) {
        return frame.get(state, number) == FrameRef.NONE ? 0 : 1;
    }

    /** There is one mapping of a page: whether it is shared is no part of the address. */
    @Override
    public long access(State state, Actor actor, int number, Mapping mapping, boolean write) {
        int found = frame.get(state, number);
        if (found != FrameRef.NONE && !dying.get(state)) {
            return found;
        }
        cpus.status().set(state, actor.index(), Status.EXITED);
        return Outcome.EXITS;
    }

    @Override
    public int key(State state, Mapping mapping) {
        return 0;
    }
}
