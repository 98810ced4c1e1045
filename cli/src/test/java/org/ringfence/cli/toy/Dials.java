package org.ringfence.cli.toy;

import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;

/** Dials that a host turns for no reason: each multiplies the states by {@link #POSITIONS}. */
record Dials(int count, Bounded position) {
    static final int POSITIONS = 8;

    static Dials declare(Declaration declaration, int count) {
        return new Dials(count, declaration.table("dials", "dial", count).bounded("position", POSITIONS - 1));
    }
}
