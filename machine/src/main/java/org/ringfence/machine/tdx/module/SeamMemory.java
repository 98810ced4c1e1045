package org.ringfence.machine.tdx.module;

import org.ringfence.machine.memory.MachineChecks;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;

/**
 * Memory as the module reaches it, under private KeyIDs. A read that finds poison is a machine check in SEAM root: the
 * logical processor shuts down for good, and TDX is disabled on the platform, so that every later SEAMCALL ends with
 * VMfailInvalid. Source: Intel TDX Module Base Architecture Specification, chapter 16.
 *
 * @param hkid the global private KeyID, under which PAMTs and TDRs lie
 * @param disabled whether TDX is
 * @param shutDown each logical processor that is
 * @param cachedStores {@link ModuleFeature#CACHED_STORES}
 */
public record SeamMemory(Memory memory, Bounded hkid, Flag disabled, Flag shutDown, boolean cachedStores) {

    /** Reads a frame under {@code keyId}; where that is a machine check, nothing else the leaf would do comes about. */
    boolean read(State state, int lp, int frame, int keyId) {
        if (frame < 0 || memory.isSound(state, frame, keyId) || memory.read(state, frame, keyId) != Memory.POISON) {
            return true;
        }
        consume(state, lp);
        return false;
    }

    /** A machine check in SEAM root on a logical processor. */
    void consume(State state, int lp) {
        disabled.set(state, true);
        shutDown.set(state, lp, true);
        MachineChecks.mark(state, MachineChecks.Where.MODULE);
    }

    /** Reads a frame under the global KeyID. */
    public boolean readGlobal(State state, int lp, int frame) {
        return read(state, lp, frame, hkid.get(state));
    }

    /** Overwrites a frame by MOVDIR64B, under {@code keyId}. */
    public void write(State state, int frame, int keyId) {
        if (frame >= 0) {
            memory.write(state, frame, Value.ZERO, keyId);
        }
    }

    /** Overwrites a frame by MOVDIR64B, under the global KeyID. */
    public void writeGlobal(State state, int frame) {
        write(state, frame, hkid.get(state));
    }

    /**
     * Changes something in a frame under {@code keyId}, by a store. Of a line under one KeyID there is one copy in all
     * caches, so that it does not matter which package's processor stores.
     */
    void store(State state, int frame, int keyId) {
        if (frame < 0) {
            return;
        }
        if (cachedStores) {
            memory.store(state, 0, frame, Value.ZERO, keyId);
        } else {
            memory.write(state, frame, Value.ZERO, keyId);
        }
    }

    /** Changes something in a frame under the global KeyID. */
    void storeGlobal(State state, int frame) {
        store(state, frame, hkid.get(state));
    }

    /**
     * As {@link #storeGlobal}, where the line is in nobody's cache yet: it comes into that of package {@code number}.
     */
    void storeGlobalOn(State state, int number, int frame) {
        if (cachedStores) {
            memory.store(state, number, frame, Value.ZERO, hkid.get(state));
        } else {
            writeGlobal(state, frame);
        }
    }

    /**
     * Changes something in a frame that holds nothing but what the module knows anyway: where stores are not cached,
     * nobody can tell.
     */
    public void touch(State state, int frame, int keyId) {
        if (cachedStores) {
            store(state, frame, keyId);
        }
    }

    /**
     * PCONFIG: gives {@code keyId} a fresh key, where memory tells the keys of a KeyID apart. What lies there under the
     * old one is junk from then on.
     */
    public void newKey(State state, int keyId) {
        if (memory.options().keyChanges() > 0) {
            memory.changeKey(state, keyId);
        }
    }

    /** WBNOINVDP: writes back every dirty line of a package's cache. */
    public void writeBack(State state, int number) {
        if (memory.options().caches().present()) {
            memory.caches().writeBack(state, number);
        }
    }

    /** CLFLUSH of every line of a frame under {@code keyId}. */
    public void flush(State state, int frame, int keyId) {
        if (memory.options().caches().present()) {
            for (int line = 0; line < memory.lines().size(); line++) {
                memory.caches().flush(state, frame, line, keyId);
            }
        }
    }
}
