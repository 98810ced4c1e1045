package org.ringfence.wasm.shared;

import java.util.List;
import org.ringfence.machine.operation.Part;
import org.ringfence.wasm.imports.ImportCall;

/** What a shared range of a module's memory is on the machine. */
public sealed interface Region permits WordRegion, PscRegion {

    /** How long it is. */
    int bytes();

    /** Loads {@code bytes} at {@code offset}, as an unsigned number. */
    long load(ImportCall call, int offset, int bytes);

    /** Stores them. */
    void store(ImportCall call, int offset, int bytes, long value);

    /** What the machine must have for it. */
    List<Part> needs();
}
