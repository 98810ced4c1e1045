package org.ringfence.machine.tdx.law;

import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.KeyIdState;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * No cache holds a dirty line under a private KeyID that is free: written back later, it would land in a page that the
 * host has again, or another TD, and make it a machine check to read.
 */
public record FreeKeysAreGone(Memory memory, TdxModule module) implements Invariant {
    @Override
    public Property property() {
        return Property.INTEGRITY;
    }

    @Override
    public long judge(State state) {
        if (!memory.options().caches().present()) {
            return 0;
        }
        long marks = 0;
        for (int keyId = module.options().firstPrivate(); keyId <= module.options().lastPrivate(); keyId++) {
            if (module.keys().of(state, keyId) == KeyIdState.HKID_FREE) {
                marks |= memory.caches().holdsDirty(state, keyId)
                        ? Property.INTEGRITY.broken()
                        : Property.INTEGRITY.exercised();
            }
        }
        return marks;
    }

    @Override
    public String hurt(State state) {
        return "a cache holds a dirty line under a KeyID that is free";
    }
}
