package org.ringfence.stack.host.tdx;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.vocabulary.Meaning;

/** Of which size the host gives a TD its pages. */
public enum Backing {
    @Meaning("Pages of 4K, whatever the TD asks for: KVM today. Needs tables of 4K entries.")
    ALWAYS_4K,
    @Meaning("Pages of 2M, whatever the TD asks for.")
    ALWAYS_2M,
    @Meaning("The size that the TD's accept asked for, 4K for any other access.")
    AS_ASKED;

    /** The size for a page that the TD asked for with {@code asked}. */
    public Level level(Level asked) {
        return switch (this) {
            case ALWAYS_4K -> Level.SIZE_4K;
            case ALWAYS_2M -> Level.SIZE_2M;
            case AS_ASKED -> asked;
        };
    }
}
