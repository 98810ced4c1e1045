package org.ringfence.wasm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.ringfence.wasm.module.WasmFile;

/** The samples in C, compiled once for all tests; where there is no compiler, the tests that need one are skipped. */
public final class RealCode {
    private static final Path SOURCES = Path.of("..", "samples", "real-code").toAbsolutePath().normalize();
    private static final Path OUT = Path.of("target", "real-code").toAbsolutePath();
    private static final Optional<String> FAILED = build("-o", OUT.toString());

    private RealCode() {}

    /** The sample of this name. */
    public static WasmFile sample(String name) {
        return WasmFile.read(path(name));
    }

    /** Where the sample of this name is. */
    public static Path path(String name) {
        Assumptions.assumeTrue(FAILED.isEmpty(), FAILED.orElse(""));
        return OUT.resolve(name + ".wasm");
    }

    /** Code of a test, compiled with these flags. */
    public static WasmFile compiled(String name, String code, String... flags) {
        Assumptions.assumeTrue(FAILED.isEmpty(), FAILED.orElse(""));
        try {
            Path source = OUT.resolve(name + ".c");
            Files.writeString(source, code);
            String[] all = new String[3 + flags.length];
            all[0] = "-o";
            all[1] = OUT.toString();
            all[2] = source.toString();
            System.arraycopy(flags, 0, all, 3, flags.length);
            build(all).ifPresent(why -> {
                throw new IllegalStateException(why);
            });
            return WasmFile.read(OUT.resolve(name + ".wasm"));
        } catch (IOException e) {
            throw new IllegalStateException("the code of a test cannot be written", e);
        }
    }

    /** Why it failed; empty where it did not. Status 2 says that a tool is missing. */
    private static Optional<String> build(String... arguments) {
        try {
            Files.createDirectories(OUT);
            String[] command = new String[arguments.length + 1];
            command[0] = SOURCES.resolve("build").toString();
            System.arraycopy(arguments, 0, command, 1, arguments.length);
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status == 0) {
                return Optional.empty();
            }
            if (said.toLowerCase(Locale.ROOT).contains("there is no ")) {
                return Optional.of("real code is not tested: " + said.strip());
            }
            throw new IllegalStateException("samples/real-code/build ended with %d: %s".formatted(status, said));
        } catch (IOException e) {
            return Optional.of("real code is not tested: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
