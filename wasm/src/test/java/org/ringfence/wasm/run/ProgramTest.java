package org.ringfence.wasm.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.wasm.module.TinyModule;
import org.ringfence.wasm.module.WasmFile;
import org.ringfence.wasm.shared.SharedRanges;

/** A module that goes wrong between two imports gives up, with a reason that says where. */
class ProgramTest {

    private static String panic(TinyModule module) {
        Program program =
                new Program(WasmFile.of("m.wasm", module.bytes()), "entry", List.of(), new Geometry(1, 1, 1),
                        SharedRanges.NONE);
        return program.start() instanceof Stand.Panicked(String reason) ? reason : "none";
    }

    @Test
    void anEntryThatReturnsHasEnded() {
        assertThat(panic(TinyModule.fit())).isEqualTo("none");
    }

    @Test
    void aTrapIsAPanic() {
        assertThat(panic(TinyModule.fit(0x00, 0x0B))).startsWith("m.wasm: trap at ").contains("unreachable");
    }

    @Test
    void aLoopWithoutAnImportIsAPanic() {
        assertThat(panic(TinyModule.fit(0x03, 0x40, 0x0C, 0, 0x0B, 0x0B)))
                .startsWith("m.wasm: does not come back, 10,000,000 instructions without an import, at ");
    }

    /** It lowers the stack pointer below zero and stores there. */
    @Test
    void aStackThatOverflowsTraps() {
        assertThat(panic(TinyModule.fit(0x41, 0x70, 0x41, 0, 0x36, 2, 0, 0x0B)))
                .startsWith("m.wasm: trap at ").contains("out of bounds memory access");
    }

    @Test
    void endlessRecursionIsAPanic() {
        assertThat(panic(TinyModule.fit(0x10, 4, 0x0B))).startsWith("m.wasm: trap at ")
                .contains("call stack exhausted");
    }

    @Test
    void theExportedFunctionPanicIsAPanic() {
        assertThat(panic(TinyModule.fit(0x10, 5, 0x0B).function("panic", 0x0B))).startsWith("panic at ");
    }
}
