package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * One VM of KVM with one memory slot over all its pages, which binds one guest_memfd, and the translations of its
 * guest. A page whose attribute is private is backed by the file, any other by userspace's memory; so a page can have
 * two copies. A frame of the file's is free when it has left the file and nobody holds it.
 *
 * @param slot the one slot
 * @param attributes whether each page is private
 * @param cached the frame of each page in the file, plus one; 0 where it is not present
 * @param holders actors that hold a reference to a frame
 * @param secret whether a frame holds what the guest wrote for itself
 * @param sharedThere whether userspace's memory is populated at a page
 * @param swapped whether it is in swap
 * @param sharedSecret whether it holds what the guest wrote for itself
 * @param mapped of which kind a page's translation is
 * @param large whether a page is mapped with all of its 2M
 * @param target the frame of a private translation
 * @param owed whether the guest has written data to the page that it expects to find
 * @param invalidations those that are in progress
 */
public record PrivateVm(
        Geometry geometry,
        Enumerated<SlotState> slot,
        MemoryAttributes attributes,
        Bounded cached,
        Bits holders,
        Flag secret,
        Flag sharedThere,
        Flag swapped,
        Flag sharedSecret,
        Enumerated<Mapped> mapped,
        Flag large,
        Bounded target,
        Flag owed,
        Invalidations invalidations) {

    /** Kinds of translations. */
    public enum Mapped {
        NONE,
        /** To a frame of the file. */
        PRIVATE,
        /** To userspace's memory. */
        SHARED
    }

    /** Declares it; a frame more than pages keeps a held one from being the last. */
    public static PrivateVm declare(Declaration declaration, Geometry geometry, int actors) {
        int pages = geometry.pages();
        int frames = geometry.frames();
        Table page = declaration.table("guest page", "number", pages);
        Table frame = declaration.table("file frame", "number", frames);
        return new PrivateVm(
                geometry,
                declaration.single("slot").enumerated("state", SlotState.class),
                MemoryAttributes.declare(declaration, geometry),
                page.bounded("in file", frames),
                frame.bits("held by", actors),
                frame.flag("secret"),
                page.flag("shared copy"),
                page.flag("swapped out"),
                page.flag("secret in shared copy"),
                page.enumerated("mapped", Mapped.class),
                page.flag("mapped 2M"),
                page.bounded("to frame", frames - 1),
                page.flag("owed"),
                Invalidations.declare(declaration, geometry));
    }

    /** The page's number; IllegalArgumentException where there is none. */
    int page(long gpa) {
        return GuestPages.page(geometry, gpa);
    }

    /** The guest reads or writes. */
    GuestReached access(State state, int page, boolean writes, boolean confides) {
        return switch (mapped.get(state, page)) {
            case NONE -> GuestReached.FAULT;
            case PRIVATE -> {
                int frame = target.get(state, page);
                state.observe(cached.get(state, page) == frame + 1
                        ? Property.HOST_SAFETY.exercised()
                        : Property.HOST_SAFETY.broken());
                if (writes) {
                    secret.set(state, frame, true);
                    owed.set(state, page, true);
                    yield GuestReached.DATA;
                }
                boolean found = secret.get(state, frame);
                if (owed.get(state, page)) {
                    state.observe(found ? Property.FRESHNESS.exercised() : Property.FRESHNESS.broken());
                }
                yield found ? GuestReached.DATA : GuestReached.ZERO;
            }
            case SHARED -> {
                if (!sharedThere.get(state, page)) {
                    state.observe(Property.HOST_SAFETY.broken());
                }
                if (writes) {
                    sharedThere.set(state, page, true);
                    sharedSecret.set(state, page, confides);
                }
                yield writes || sharedSecret.get(state, page) ? GuestReached.DATA : GuestReached.ZERO;
            }
        };
    }

    /**
     * The frame of a page in the file, which is allocated, and zero, where it is not present; {@code actor} holds it.
     */
    int hold(State state, int page, int actor) {
        int frame = cached.get(state, page) - 1;
        if (frame < 0) {
            frame = free(state);
            if (frame < 0) {
                return -1;
            }
            secret.set(state, frame, false);
            cached.set(state, page, frame + 1);
        }
        holders.add(state, frame, actor);
        return frame;
    }

    private int free(State state) {
        for (int frame = 0; frame < geometry.frames(); frame++) {
            if (holders.get(state, frame) == 0 && !isInFile(state, frame)) {
                return frame;
            }
        }
        return -1;
    }

    private boolean isInFile(State state, int frame) {
        for (int page = 0; page < geometry.pages(); page++) {
            if (cached.get(state, page) == frame + 1) {
                return true;
            }
        }
        return false;
    }

    /** Maps a page: to a frame of the file, or, with -1, to userspace's memory. */
    void map(State state, int page, int frame) {
        zap(state, page);
        if (frame >= 0) {
            mapped.set(state, page, Mapped.PRIVATE);
            target.set(state, page, frame);
        } else {
            mapped.set(state, page, Mapped.SHARED);
            faultIn(state, page);
        }
    }

    /** Userspace's memory at a page is in memory, and zero where it was nowhere. */
    void faultIn(State state, int page) {
        sharedThere.set(state, page, true);
        swapped.set(state, page, false);
    }

    /** Maps a page to userspace's memory as it was when it was got. */
    void mapFaultedIn(State state, int page) {
        zap(state, page);
        mapped.set(state, page, Mapped.SHARED);
    }

    /** Userspace's memory at a page goes to swap; whether there is any. */
    boolean swapOut(State state, int page) {
        if (!sharedThere.get(state, page)) {
            return false;
        }
        sharedThere.set(state, page, false);
        swapped.set(state, page, true);
        return true;
    }

    /** Maps all of the 2M around a page to userspace's memory. */
    void mapLarge(State state, int page) {
        int head = geometry.head(page);
        for (int i = head; i < head + geometry.smallPerLarge(); i++) {
            map(state, i, -1);
        }
        for (int i = head; i < head + geometry.smallPerLarge(); i++) {
            large.set(state, i, true);
        }
    }

    /** Takes a page's translation away, with all of a 2M one. */
    void zap(State state, int page) {
        if (!large.get(state, page)) {
            unmap(state, page);
            return;
        }
        int head = geometry.head(page);
        for (int i = head; i < head + geometry.smallPerLarge(); i++) {
            unmap(state, i);
        }
    }

    private void unmap(State state, int page) {
        mapped.set(state, page, Mapped.NONE);
        target.set(state, page, 0);
        large.set(state, page, false);
    }

    /** A page leaves the file. */
    void truncate(State state, int page) {
        cached.set(state, page, 0);
    }

    /** Userspace's memory at a page is given back. */
    void discard(State state, int page) {
        sharedThere.set(state, page, false);
        swapped.set(state, page, false);
        sharedSecret.set(state, page, false);
    }

    /** Whether both copies of a page are there. */
    public boolean isDoubled(State state, int page) {
        return cached.get(state, page) != 0 && sharedThere.get(state, page);
    }
}
