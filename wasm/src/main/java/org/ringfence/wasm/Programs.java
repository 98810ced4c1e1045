package org.ringfence.wasm;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.ringfence.wasm.module.WasmFile;
import org.ringfence.wasm.run.Program;
import org.ringfence.wasm.shared.SharedRanges;

/**
 * The modules that routines speak of, by what identifies them. A routine is a record of strings and numbers; what they
 * stand for, the contents of a file and of a module's memory, is kept here under its SHA-256, and never changes.
 */
final class Programs {
    private static final Map<String, WasmFile> FILES = new ConcurrentHashMap<>();
    private static final Map<WasmStart, Program> PROGRAMS = new ConcurrentHashMap<>();

    private Programs() {}

    /** Keeps a file, for {@link #of}. */
    static void keep(WasmFile file) {
        FILES.putIfAbsent(file.sha256(), file);
    }

    /** The file of this SHA-256, which was kept. */
    static WasmFile file(String sha256) {
        WasmFile file = FILES.get(sha256);
        if (file == null) {
            throw new IllegalStateException("no module of SHA-256 " + sha256 + " was read");
        }
        return file;
    }

    /** The program that {@code start} begins. */
    static Program of(WasmStart start) {
        return PROGRAMS.computeIfAbsent(start, fresh -> {
            WasmFile file = file(fresh.sha256());
            SharedRanges shared = SharedRanges.of(fresh.shared(), file);
            return new Program(file, fresh.entry(), fresh.arguments(), fresh.geometry(), shared);
        });
    }
}
