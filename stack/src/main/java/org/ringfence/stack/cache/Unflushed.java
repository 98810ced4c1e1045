package org.ringfence.stack.cache;

import org.ringfence.machine.memory.CacheOptions;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Part;

/**
 * Says of software that it leaves out the cache flushes of the code that it stands for. Where caches keep a page's
 * lines under another key, it would be blamed for what that code does not do; so it is refused there.
 */
public record Unflushed() {
    /** Brought by such software. */
    public static final Part PART = Part.of(Unflushed.class, (declaration, machine, cast) -> {
        machine.find(Memory.class).map(memory -> memory.caches().options()).ifPresent(Unflushed::refuse);
        return new Unflushed();
    });

    private static void refuse(CacheOptions caches) {
        if (caches.packages() > 0 && caches.coherence() != CacheOptions.Coherence.ACROSS_KEYS) {
            throw new IllegalArgumentException(
                    "the case has software that makes no cache flushes; allowed are machines without caches, or with caches that are coherent");
        }
    }
}
