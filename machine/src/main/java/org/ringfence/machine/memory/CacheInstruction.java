package org.ringfence.machine.memory;

import org.ringfence.machine.state.State;

/**
 * What software does with all that the cache of a package holds. Source: Intel SDM volume 2 and AMD APM volume 3, the
 * instructions.
 */
public enum CacheInstruction {
    /** Writes every dirty line back and drops every line. */
    WBINVD {
        @Override
        public void perform(Caches caches, State state, int number) {
            caches.writeBackAndInvalidate(state, number);
        }
    },
    /** Writes every dirty line back and keeps it. */
    WBNOINVD {
        @Override
        public void perform(Caches caches, State state, int number) {
            caches.writeBack(state, number);
        }
    },
    /**
     * Drops every line, dirty ones too, or as WBINVD where {@link CacheOptions.Invd#WRITES_BACK}; #GP where
     * {@link CacheOptions.Invd#FAULTS}.
     */
    INVD {
        @Override
        public void perform(Caches caches, State state, int number) {
            caches.invalidate(state, number);
        }
    };

    public abstract void perform(Caches caches, State state, int number);
}
