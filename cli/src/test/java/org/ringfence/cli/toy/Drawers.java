package org.ringfence.cli.toy;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;

/**
 * A drawer a page.
 *
 * @param locked whether a host cannot open them
 */
record Drawers(Geometry geometry, boolean locked, Enumerated<Content> content) {
    enum Content {
        NOTHING,
        LETTER;

        @Override
        public String toString() {
            return this == NOTHING ? "nothing" : "a letter";
        }
    }

    static Drawers declare(Declaration declaration, Geometry geometry, boolean locked) {
        return new Drawers(
                geometry,
                locked,
                declaration.table("drawer", "page", geometry.pages()).enumerated("content", Content.class));
    }
}
