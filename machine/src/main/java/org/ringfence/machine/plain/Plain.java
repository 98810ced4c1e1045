package org.ringfence.machine.plain;

import org.ringfence.machine.device.DmaTarget;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.ValueNames;

/**
 * The memory of a virtual machine without confidential hardware. The host puts each page into a frame once for all, so
 * nothing needs to be validated, and nothing can be invalidated: software that gave a page up reads there what it left.
 *
 * <p>What is guarded at all, the monitor guards: an inner guest goes through a nested page table that the monitor
 * writes. A translation that was taken away may be used until the monitor flushes, where the machine keeps stale ones.
 * Source: Intel SDM volume 3, chapter 30 (INVEPT); AMD APM volume 2, 15.16 (nested paging).
 *
 * @param hasInner whether there is an inner guest, and so a nested page table
 * @param frame where each page lies
 * @param inner what the nested page table says
 * @param stale what a translation not flushed yet still allows; as much as {@code inner} at least
 */
public record Plain(
        Geometry geometry,
        Memory memory,
        boolean hasInner,
        FrameRef frame,
        Enumerated<InnerAccess> inner,
        Bounded stale) implements GuestMemory, DmaTarget {

    /** The one key: none. */
    private static final int KEY = 0;

    private static final int ALLOWS_READ = 1;
    private static final int ALLOWS_WRITE = 2;

    /**
     * Declares the host's table of frames, and the monitor's nested page table.
     *
     * @param hasInner whether there is an inner guest
     * @param keepsStale whether a translation outlives its entry until the monitor flushes
     */
    public static Plain declare(Declaration declaration, Memory memory, boolean hasInner, boolean keepsStale) {
        Geometry geometry = memory.geometry();
        if (geometry.frames() < geometry.pages()) {
            throw new IllegalArgumentException("%d frames are too few for %d pages: every page has a frame for good"
                    .formatted(geometry.frames(), geometry.pages()));
        }
        Table table = declaration.perPage("nested page table", hasInner ? geometry.pages() : 0);
        return new Plain(
                geometry,
                memory,
                hasInner,
                declaration.perPage("backing", geometry.pages()).frame("frame"),
                table.enumerated("inner", InnerAccess.class),
                table.bounded(
                        "stale", hasInner && keepsStale ? ALLOWS_READ | ALLOWS_WRITE : 0,
                        ValueNames.bits("read", "write")));
    }

    /**
     * Refuses what is done to or by an inner guest where there is none.
     *
     * @throws IllegalArgumentException with a sentence
     */
    void requireInner() {
        if (!hasInner) {
            throw new IllegalArgumentException("there is no inner guest; native has one with l2: true");
        }
    }

    /** Puts every page into a frame of its own, in a state that is new. */
    public void start(State state) {
        for (int page = 0; page < geometry.pages(); page++) {
            frame.set(state, page, page);
        }
    }

    @Override
    public long access(State state, Actor actor, int page, Mapping mapping, boolean write) {
        boolean refused = actor.principal() == Principal.INNER_GUEST && !innerMay(state, page, write);
        return refused ? Outcome.WAITS : frame.get(state, page);
    }

    /** Whether the inner guest's access reaches the page; if not, it leaves for the monitor. */
    public boolean innerMay(State state, int page, boolean write) {
        if (mayUseStale(state, page, write)) {
            return true;
        }
        InnerAccess access = inner.get(state, page);
        return write ? access == InnerAccess.READ_WRITE : access != InnerAccess.NONE;
    }

    private boolean mayUseStale(State state, int page, boolean write) {
        return keepsStale() && (stale.get(state, page) & (write ? ALLOWS_WRITE : ALLOWS_READ)) != 0;
    }

    /** Whether translations outlive their entries. */
    public boolean keepsStale() {
        return stale.max() != 0;
    }

    /** The monitor writes the entry of {@code page}; what it allowed before, a translation may go on to allow. */
    void map(State state, int page, InnerAccess access) {
        if (keepsStale()) {
            int before = switch (inner.get(state, page)) {
                case NONE -> 0;
                case READ -> ALLOWS_READ;
                case READ_WRITE -> ALLOWS_READ | ALLOWS_WRITE;
            };
            stale.set(state, page, stale.get(state, page) | before);
        }
        inner.set(state, page, access);
    }

    /** The monitor flushes every translation of the inner guest. */
    void flush(State state) {
        for (int page = 0; keepsStale() && page < geometry.pages(); page++) {
            stale.set(state, page, 0);
        }
    }

    @Override
    public int key(State state, Mapping mapping) {
        return KEY;
    }

    @Override
    public int dmaFrame(State state, int page) {
        return frame.get(state, page);
    }
}
