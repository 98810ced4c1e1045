package org.ringfence.wasm.imports;

import java.util.List;
import java.util.Optional;

/** The libraries that there are. */
public final class Libraries {
    /** All of them, in the order of the guide. */
    public static final List<Library> ALL = List.of(
            GenericImports.LIBRARY, TdxGuestImports.LIBRARY, SnpGuestImports.LIBRARY, SvsmImports.LIBRARY,
            HostImports.LIBRARY, TdxHostImports.LIBRARY, SnpHostImports.LIBRARY, RealmImports.LIBRARY,
            CcaHostImports.LIBRARY, AccessImports.LIBRARY);

    private Libraries() {}

    /** Those that code is written for: without what a tool puts in. */
    public static List<Library> written() {
        return ALL.stream().filter(library -> !library.equals(AccessImports.LIBRARY)).toList();
    }

    /** The library of this name. */
    public static Optional<Library> find(String name) {
        return ALL.stream().filter(library -> library.name().equals(name)).findFirst();
    }
}
