package org.ringfence.wasm.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.wasm.run.Program;
import org.ringfence.wasm.run.Stand;
import org.ringfence.wasm.shared.SharedRanges;

/** A module that is not fit is refused with one sentence, which says whose fault it is and what would be right. */
class WasmFileTest {
    private static final int MUTATIONS = Integer.getInteger("mutations", 1_000);

    private static void refused(TinyModule module, String sentence) {
        refused(module.bytes(), sentence);
    }

    private static void refused(byte[] bytes, String sentence) {
        assertThatThrownBy(() -> WasmFile.of("m.wasm", bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("module m.wasm ")
                .hasMessageContaining(sentence);
    }

    @Test
    void aFitModuleIsRead() {
        WasmFile file = WasmFile.of("m.wasm", TinyModule.fit().bytes());
        assertThat(file.exports()).containsExactly("entry");
        assertThat(file.sha256()).hasSize(64);
    }

    @Test
    void anImportThatNobodyProvidesIsNamed() {
        refused(TinyModule.bare().importing("env", "memset", 0).importing("tdx", "seamcall", 0),
                "imports env.memset and tdx.seamcall, which nobody provides; of 'tdx' there are tdcall");
        refused(TinyModule.bare().importing("env", "memset", 0),
                "imports env.memset, which nobody provides; the libraries are ringfence, tdx, snp, ");
    }

    @Test
    void anImportOfAnotherTypeIsToldWithBoth() {
        refused(TinyModule.bare().importing("ringfence", "load", 1),
                "imports ringfence.load as (i32); it is (i64) -> i32");
        assertThat(WasmFile.of("m.wasm", TinyModule.bare().importing("ringfence", "load", 2)
                .pointer("__stack_pointer").asyncify().bytes()).imported()).hasSize(1);
    }

    @Test
    void aModuleThatCannotBeStoppedIsRefused() {
        refused(TinyModule.bare().pointer("__stack_pointer").function("entry", 0x0B),
                "does not export asyncify_start_unwind; pass it through wasm-opt --asyncify");
    }

    @Test
    void aModuleWithoutItsStackPointerIsRefused() {
        refused(TinyModule.bare().asyncify().function("entry", 0x0B), "does not export __stack_pointer");
    }

    @Test
    void aModuleWith64BitAddressesIsRefused() {
        refused(TinyModule.fit().memory64(), "has 64-bit addresses (memory64)");
    }

    @Test
    void aModuleWhoseStackMayRunIntoItsDataIsRefused() {
        refused(TinyModule.fit().dataAt(16), "link it with --stack-first");
    }

    @Test
    void whatIsNoModuleIsRefused() {
        refused("question: why?".getBytes(StandardCharsets.UTF_8), "is no module of WebAssembly");
        refused(new byte[0], "is no module of WebAssembly");
        byte[] fit = TinyModule.fit().bytes();
        int withoutData = fit.length - 12;
        for (int length = 8; length < fit.length; length++) {
            if (length == withoutData) {
                continue;
            }
            byte[] cut = Arrays.copyOf(fit, length);
            assertThatThrownBy(() -> WasmFile.of("m.wasm", cut)).as("cut to %d bytes", cut.length)
                    .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("module m.wasm ");
        }
    }

    @Test
    void anyFileIsRefusedWithASentenceOrRuns() {
        Random dice = new Random(14);
        byte[] fit = TinyModule.fit(0x03, 0x40, 0x41, 1, 0x0D, 0, 0x0B, 0x0B).bytes();
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutated = fit.clone();
            for (int changes = 1 + dice.nextInt(4); changes > 0; changes--) {
                mutated[8 + dice.nextInt(fit.length - 8)] = (byte) dice.nextInt(256);
            }
            byte[] file = dice.nextInt(8) == 0 ? Arrays.copyOf(mutated, dice.nextInt(mutated.length)) : mutated;
            Assertions.assertTimeout(Duration.ofSeconds(10), () -> readAndRun(file));
        }
    }

    private static void readAndRun(byte[] bytes) {
        WasmFile file;
        try {
            file = WasmFile.of("m.wasm", bytes);
            Program.requireInstance(file);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageStartingWith("module m.wasm ");
            assertThat(refused.getMessage()).doesNotContain("\n");
            return;
        }
        if (file.exported("entry").isPresent()) {
            Stand stand = new Program(file, "entry", List.of(), new Geometry(1, 1, 1), SharedRanges.NONE).start();
            assertThat(stand).isNotNull();
        }
    }
}
