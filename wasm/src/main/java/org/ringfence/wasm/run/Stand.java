package org.ringfence.wasm.run;

/** How far a module has come. */
public sealed interface Stand {
    /** It calls an import. */
    record Calls(Snapshot at) implements Stand {}

    /** Its entry has returned. */
    record Ended() implements Stand {}

    /** It gave up, or was stopped by a trap or because it does not come back. */
    record Panicked(String reason) implements Stand {}
}
