package org.ringfence.wasm.imports;

import java.util.ArrayList;
import java.util.List;

/**
 * What a module gets back from an import.
 *
 * @param value the result; of no account where the function has none
 * @param writes what is put into the module's memory, in this order
 */
public record Reply(long value, List<Write> writes) {
    /** Nothing. */
    public static final Reply NOTHING = of(0);

    /**
     * Eight bytes for the module's memory, least significant first.
     *
     * @param address where
     */
    public record Write(long address, long value) {}

    public Reply {
        writes = List.copyOf(writes);
    }

    /** A result. */
    public static Reply of(long value) {
        return new Reply(value, List.of());
    }

    /** The same, and eight bytes for the module's memory. */
    public Reply writing(long address, long number) {
        List<Write> more = new ArrayList<>(writes);
        more.add(new Write(address, number));
        return new Reply(value, more);
    }
}
