package org.ringfence.wasm.imports;

/**
 * A function that a module can import.
 *
 * @param name within its library
 * @param mapsTo the operations that it asks, in words
 * @param work what it does
 */
public record Import(String name, Signature signature, String mapsTo, Work work) {

    /** What an import does. It must do the same whenever it sees the same, as a routine must. */
    @FunctionalInterface
    public interface Work {
        /** Asks the machine, and answers what the module gets. */
        Reply of(ImportCall call);
    }
}
