package org.ringfence.wasm.imports;

import java.util.List;
import java.util.Optional;

/** The libraries that there are. */
public final class Libraries {
    /** All of them, in the order of the guide. */
    public static final List<Library> ALL = List.of(GenericImports.LIBRARY, TdxGuestImports.LIBRARY);

    private Libraries() {}

    /** The library of this name. */
    public static Optional<Library> find(String name) {
        return ALL.stream().filter(library -> library.name().equals(name)).findFirst();
    }
}
