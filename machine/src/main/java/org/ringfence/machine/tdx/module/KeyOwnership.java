package org.ringfence.machine.tdx.module;

import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * Who has which private KeyID (KOT), and how far the caches are written back for those that are given up (WBT). Source:
 * TDX module 1.5.01, kot.h, wbt.h, tdh_phymem_cache_wb.c.
 *
 * @param state of each private KeyID, counted from the first
 * @param writeBack the packages whose caches are still to be written back: the KOT's WBINVD_BITMAP
 * @param resumeAt for each package the sub-block at which an interrupted TDH.PHYMEM.CACHE.WB goes on; 0 where none was
 * @param covered at {@code package * KeyIDs + KeyID}: the KeyIDs that the TDH.PHYMEM.CACHE.WB under way on the package
 *     began with
 */
public record KeyOwnership(
        ModuleOptions options, Enumerated<KeyIdState> state, Bits writeBack, Bounded resumeAt, Flag covered) {

    static KeyOwnership declare(Declaration declaration, ModuleOptions options) {
        Table kot = declaration.table("KOT", "private KeyID", options.privateKeyIds());
        boolean interruptible = options.cacheParts() > 1;
        return new KeyOwnership(
                options,
                kot.enumerated("state", KeyIdState.class),
                kot.bits("WBINVD", options.packages()),
                declaration.table("WBT", "package", options.packages()).bounded("resume", options.cacheParts() - 1),
                declaration
                        .table("WBT KeyIDs", "package and KeyID", interruptible
                                ? options.packages() * options.privateKeyIds()
                                : 0)
                        .flag("covered"));
    }

    /** The state of {@code keyId}, which is private. */
    public KeyIdState of(State words, int keyId) {
        return state.get(words, keyId - options.firstPrivate());
    }

    public void set(State words, int keyId, KeyIdState to) {
        state.set(words, keyId - options.firstPrivate(), to);
    }

    /** The packages whose caches are to be written back before {@code keyId} is free. */
    public long pending(State words, int keyId) {
        return writeBack.get(words, keyId - options.firstPrivate());
    }

    /** {@code keyId} has no vCPU left: its lines are to go from the caches of {@code packages}. */
    public void flushed(State words, int keyId, long packages) {
        set(words, keyId, KeyIdState.HKID_FLUSHED);
        writeBack.set(words, keyId - options.firstPrivate(), packages);
    }

    /** Whether any KeyID waits for the caches. */
    public boolean anyFlushed(State words) {
        for (int i = 0; i < options.privateKeyIds(); i++) {
            if (state.is(words, i, KeyIdState.HKID_FLUSHED)) {
                return true;
            }
        }
        return false;
    }

    /**
     * TDH.PHYMEM.CACHE.WB begins on package {@code number}: for the KeyIDs that wait now, not for those that come
     * later.
     */
    public void begin(State words, int number) {
        resumeAt.set(words, number, 0);
        for (int i = 0; i < options.privateKeyIds() && options.cacheParts() > 1; i++) {
            covered.set(words, number * options.privateKeyIds() + i, state.is(words, i, KeyIdState.HKID_FLUSHED));
        }
    }

    /** TDH.PHYMEM.CACHE.WB has ended on package {@code number}. */
    public void end(State words, int number) {
        resumeAt.set(words, number, 0);
        for (int i = 0; i < options.privateKeyIds(); i++) {
            boolean done = options.cacheParts() > 1
                    ? covered.get(words, number * options.privateKeyIds() + i)
                    : state.is(words, i, KeyIdState.HKID_FLUSHED);
            if (done) {
                writeBack.remove(words, i, number);
            }
        }
    }
}
