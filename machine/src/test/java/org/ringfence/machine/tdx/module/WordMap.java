package org.ringfence.machine.tdx.module;

import java.util.HashMap;
import java.util.Map;

/** Shared memory of a host, of which a test writes a few words; the others are 0. */
public record WordMap(Map<Long, Long> at) implements HostWords {
    public WordMap() {
        this(new HashMap<>());
    }

    @Override
    public long read(long pa) {
        return at.getOrDefault(pa, 0L);
    }

    @Override
    public void write(long pa, long word) {
        at.put(pa, word);
    }
}
