package org.ringfence.wasm.imports;

import static org.ringfence.wasm.imports.Signature.Type.F32;
import static org.ringfence.wasm.imports.Signature.Type.F64;
import static org.ringfence.wasm.imports.Signature.Type.I32;
import static org.ringfence.wasm.imports.Signature.Type.I64;

import java.util.List;

/**
 * What {@code wasm-opt --instrument-memory} has a module call at each access to its memory. An access to a range that
 * is declared shared becomes an operation; every other one goes on at once.
 *
 * <p>The code calls {@code load_ptr} with the address, loads, and calls {@code load_val} with what it got, whose result
 * it goes on with; and {@code store_ptr} and {@code store_val} before it stores.
 */
public final class AccessImports {
    /**
     * Of {@code load_val} and {@code store_val}: after the access's number and the value, whoever runs the module adds
     * these.
     */
    public static final int ADDRESS = 2;

    /** How many bytes. */
    public static final int BYTES = 3;

    private static final String MAPS_TO = "an operation, where it is at memory that is declared shared";

    /** The library. */
    public static final Library LIBRARY = new Library(
            "env",
            "accesses to memory, put in by wasm-opt --instrument-memory",
            List.of(
                    place("load_ptr"),
                    load("load_val_i32", I32),
                    load("load_val_i64", I64),
                    load("load_val_f32", F32),
                    load("load_val_f64", F64),
                    place("store_ptr"),
                    store("store_val_i32", I32),
                    store("store_val_i64", I64),
                    store("store_val_f32", F32),
                    store("store_val_f64", F64)));

    /** What an import of a module has to do with accesses. */
    public enum Kind {
        /** Nothing. */
        NONE,
        /** It tells where a load is about to be. */
        LOAD_AT,
        /** It gives what was loaded. */
        LOADED,
        /** It tells where a store is about to be. */
        STORE_AT,
        /** It gives what is stored. */
        STORED;

        /** That of an import. */
        public static Kind of(Import one) {
            if (!LIBRARY.imports().contains(one)) {
                return NONE;
            }
            boolean load = one.name().startsWith("load");
            if (one.name().endsWith("_ptr")) {
                return load ? LOAD_AT : STORE_AT;
            }
            return load ? LOADED : STORED;
        }
    }

    private AccessImports() {}

    private static Import place(String name) {
        return new Import(name, Signature.of(I32, I32, I32, I32).giving(I32), MAPS_TO, call -> {
            throw new IllegalStateException("where an access is to be is no operation");
        });
    }

    private static Import load(String name, Signature.Type type) {
        return new Import(name, Signature.of(I32, type).giving(type), MAPS_TO, call -> {
            int bytes = (int) call.argument(BYTES);
            return Reply.of(call.loadShared(call.argument(ADDRESS), bytes));
        });
    }

    private static Import store(String name, Signature.Type type) {
        return new Import(name, Signature.of(I32, type).giving(type), MAPS_TO, call -> {
            int bytes = (int) call.argument(BYTES);
            long value = call.argument(1);
            long kept = bytes == Long.BYTES ? value : value & (1L << Byte.SIZE * bytes) - 1;
            call.storeShared(call.argument(ADDRESS), bytes, kept);
            return Reply.of(value);
        });
    }
}
