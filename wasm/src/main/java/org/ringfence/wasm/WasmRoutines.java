package org.ringfence.wasm;

import java.util.List;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.Routines;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.wasm.shared.WordOperation;

/** The routine {@code wasm}: a module of real code. */
public final class WasmRoutines implements Routines {
    @Override
    public List<Registry.Entry> entries() {
        return List.of(new Registry.Entry(
                "wasm",
                WasmOptions.NONE,
                (options, geometry) -> start((WasmOptions) options, geometry),
                "runs a function of a module of WebAssembly: real code, compiled from C",
                options -> needs((WasmOptions) options)));
    }

    private static List<Part> needs(WasmOptions options) {
        return options.module().toString().isEmpty() ? List.of() : options.needs();
    }

    @Override
    public List<Form> forms() {
        return WordOperation.forms();
    }

    private static WasmStart start(WasmOptions options, Geometry geometry) {
        if (options.module().toString().isEmpty()) {
            throw new IllegalArgumentException("it names no module; say which file in 'module'");
        }
        return WasmStart.of(options, geometry);
    }
}
