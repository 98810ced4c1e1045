package org.ringfence.platform.sev;

import org.ringfence.machine.memory.CacheOptions;
import org.ringfence.machine.memory.CacheOptions.Coherence;
import org.ringfence.machine.memory.CacheOptions.Invd;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.vocabulary.Meaning;

/** What an AMD machine caches, as options name it, and what happens to the same line under another key. */
public enum Caching {
    @Meaning("Nothing is cached.")
    NONE,
    @Meaning("Dirty lines are, and nothing keeps C-bit 0 and C-bit 1 coherent.")
    INCOHERENT,
    @Meaning("A load that misses writes back what is cached under the other key, a store does not: "
            + "COHERENCY_SFW_NO is 0.")
    COHERENT_ON_LOADS,
    @Meaning("They are coherent: SME_COHERENT.")
    COHERENT;

    /** The memory of a guest under {@code keys} keys, with one cache for all CPUs. */
    public MemoryOptions memory(int keys, Invd invd) {
        return memory(keys, invd, 1);
    }

    /** The memory of a guest under {@code keys} keys, with so many caches. */
    public MemoryOptions memory(int keys, Invd invd, int caches) {
        MemoryOptions plain = MemoryOptions.plain(keys);
        CacheOptions lines = CacheOptions.everyLine(caches).with(invd);
        return switch (this) {
            case NONE -> plain;
            case INCOHERENT -> plain.with(lines.with(Coherence.WITHIN_KEY));
            case COHERENT_ON_LOADS -> plain.with(lines.with(Coherence.ON_LOADS));
            case COHERENT -> plain.with(lines.with(Coherence.ACROSS_KEYS));
        };
    }
}
