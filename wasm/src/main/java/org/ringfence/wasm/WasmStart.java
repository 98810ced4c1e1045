package org.ringfence.wasm;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.ringfence.checker.check.Remarked;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.wasm.imports.Libraries;
import org.ringfence.wasm.imports.Library;
import org.ringfence.wasm.imports.TdxGuestImports;
import org.ringfence.wasm.module.WasmFile;
import org.ringfence.wasm.run.Program;
import org.ringfence.wasm.run.Snapshot;
import org.ringfence.wasm.run.Stand;

/**
 * A module at its beginning.
 *
 * @param module the file's name
 * @param sha256 of the file
 * @param entry the function that is run
 * @param shared memory of it that is the machine's, as {@link org.ringfence.wasm.shared.SharedRanges#SYNTAX} says
 */
public record WasmStart(String module, String sha256, String entry, List<Long> arguments, Geometry geometry,
        String shared)
        implements
            Routine<Done>,
            Remarked {
    public WasmStart {
        arguments = List.copyOf(arguments);
    }

    /** As options say. */
    static WasmStart of(WasmOptions options, Geometry geometry) {
        return of(WasmFile.read(options.module()), options.entry(), options.numbers(), geometry, options.shared());
    }

    /** A module whose {@code entry} takes these arguments. */
    public static WasmStart of(WasmFile file, String entry, List<Long> arguments, Geometry geometry, String shared) {
        Programs.keep(file);
        return new WasmStart(file.name(), file.sha256(), entry, arguments, geometry, shared);
    }

    @Override
    public Done run(Cpu cpu) {
        return goOn(cpu, Programs.of(this).start());
    }

    @Override
    public List<String> notes() {
        return List.of(
                "what was checked is the Wasm of module %s (SHA-256 %s), not what a compiler makes of the same source for another machine"
                        .formatted(module, sha256),
                "%s: %s".formatted(module, Programs.of(this).cost()),
                "%s: accesses to its memory were %s".formatted(
                        module,
                        shared.isBlank() ? "no operations: none of it is declared shared" : "operations in " + shared),
                "%s: answers from who need not be honest were sampled: the documented statuses, %s, and one that is none of them%s"
                        .formatted(module, compared(), addresses()));
    }

    private String addresses() {
        return Programs.file(sha256).imported().stream().anyMatch(TdxGuestImports::givesAddresses)
                ? "; addresses: each page's start, one inside of a page, and one beyond memory"
                : "";
    }

    private String compared() {
        List<Long> constants = Programs.file(sha256).constants();
        return constants.isEmpty()
                ? "no others that the module compares with"
                : "what the module compares with (%s)".formatted(
                        constants.stream().map("0x%X"::formatted).collect(Collectors.joining(", ")));
    }

    @Override
    public List<String> explained() {
        WasmFile file = Programs.file(sha256);
        List<String> lines = new ArrayList<>();
        lines.add("module %s, %s".formatted(
                file, file.lines().rows().isEmpty() ? "without lines of the source" : "with lines of the source"));
        lines.add("exports " + String.join(", ", file.exports()));
        for (Library library : Libraries.written()) {
            library.imports().stream()
                    .filter(file.imported()::contains)
                    .forEach(one -> lines.add("imports %s.%s%s: %s".formatted(
                            library.name(), one.name(), one.signature(), one.mapsTo())));
        }
        return lines;
    }

    /** What the module does next, from where it stands. */
    private Done goOn(Cpu cpu, Stand stand) {
        return switch (stand) {
            // What it remembers when it gives up tells no two ends apart.
            case Stand.Calls(Snapshot at) when Programs.of(this).givesUp(at) -> throw Programs.of(this).panic(cpu, at);
            case Stand.Calls(Snapshot at) -> cpu.become(new Point(this, at.hash()));
            case Stand.Ended() -> Done.DONE;
            case Stand.Panicked(String reason) -> throw new Panic(reason);
        };
    }

    /**
     * The module at a call of an import.
     *
     * @param hash of all that it is: its memory, its globals, and the call
     */
    record Point(WasmStart of, String hash) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            Program program = Programs.of(of);
            Snapshot at = program.at(hash);
            return of.goOn(cpu, program.resume(at, program.perform(cpu, at)));
        }
    }
}
