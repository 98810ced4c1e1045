package org.ringfence.checker.platform;

import org.ringfence.machine.memory.CacheOptions;
import org.ringfence.machine.memory.CacheOptions.Coherence;
import org.ringfence.machine.memory.CacheOptions.Invd;
import org.ringfence.machine.memory.MemoryOptions;

/** What an AMD machine caches, as options name it, and what happens to the same line under another key. */
public enum Caching {
    /** Nothing is cached. */
    NONE,
    /** Dirty lines are, and nothing keeps C-bit 0 and C-bit 1 coherent. */
    INCOHERENT,
    /** A load that misses writes back what is cached under the other key, a store does not: COHERENCY_SFW_NO is 0. */
    COHERENT_ON_LOADS,
    /** They are coherent: SME_COHERENT. */
    COHERENT;

    /** The memory of a guest under {@code keys} keys. */
    MemoryOptions memory(int keys, Invd invd) {
        MemoryOptions plain = MemoryOptions.plain(keys);
        return switch (this) {
            case NONE -> plain;
            case INCOHERENT -> plain.with(caches(Coherence.WITHIN_KEY, invd));
            case COHERENT_ON_LOADS -> plain.with(caches(Coherence.ON_LOADS, invd));
            case COHERENT -> plain.with(caches(Coherence.ACROSS_KEYS, invd));
        };
    }

    private static CacheOptions caches(Coherence coherence, Invd invd) {
        return CacheOptions.everyLine(1).with(coherence).with(invd);
    }
}
