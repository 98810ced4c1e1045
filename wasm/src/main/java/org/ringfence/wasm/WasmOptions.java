package org.ringfence.wasm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.sync.Locks;
import org.ringfence.wasm.imports.Signature;
import org.ringfence.wasm.module.WasmFile;
import org.ringfence.wasm.run.Program;
import org.ringfence.wasm.shared.SharedRanges;

/** The options of the routine {@code wasm}. */
public record WasmOptions(
        @Meaning("the Wasm module's file, relative to the case's folder") Path module,
        @Meaning("the exported function that is run") String entry,
        @Meaning("what that function is given: whole numbers with commas, decimal or after 0x") String arguments,
        @Meaning("which memory of the module is the machine's, such as 'accepted as u32 of 1 below 4': see "
                + "docs/real-code.md") String shared,
        @Meaning("the names of the locks that the module takes, with commas") String locks) {

    /** Names no module. */
    static final WasmOptions NONE = new WasmOptions(Path.of(""), "entry", "", "", "");

    public WasmOptions {
        if (!module.toString().isEmpty()) {
            WasmFile file = WasmFile.read(module);
            check(file, entry, arguments);
            SharedRanges.of(shared, file);
            locks(locks);
        }
    }

    private static void check(WasmFile file, String entry, String arguments) {
        int function = file.exported(entry).orElseThrow(() -> new IllegalArgumentException(
                "module %s exports no function '%s'; it exports %s"
                        .formatted(file.name(), entry, file.exports().isEmpty() ? "none"
                                : String.join(", ", file.exports()))));
        Signature signature = file.signature(function);
        if (signature == null) {
            throw new IllegalArgumentException(
                    "module %s: %s takes or gives more than whole numbers".formatted(file.name(), entry));
        }
        Program.requireInstance(file);
        int given = numbers(arguments).size();
        if (given != signature.parameters().size()) {
            throw new IllegalArgumentException("module %s: %s is %s, and 'arguments' are %d".formatted(
                    file.name(), entry, signature, given));
        }
    }

    /** The parts that the module shares with others. */
    List<Part> needs() {
        List<Part> needs = new ArrayList<>(SharedRanges.of(shared, WasmFile.read(module)).needs());
        if (!locks.isBlank()) {
            needs.add(new Locks.Named(locks(locks)));
        }
        return needs;
    }

    private static List<String> locks(String text) {
        List<String> names = text.isBlank() ? List.of() : List.of(text.strip().split("\\s*,\\s*", -1));
        for (String name : names) {
            if (!name.matches("[A-Za-z0-9_.:-]+")) {
                throw new IllegalArgumentException("'%s' in 'locks' is no name of a lock".formatted(name));
            }
        }
        return names;
    }

    /** The arguments. */
    List<Long> numbers() {
        return numbers(arguments);
    }

    private static List<Long> numbers(String text) {
        List<Long> numbers = new ArrayList<>();
        for (String one : text.isBlank() ? new String[0] : text.split(",", -1)) {
            String number = one.strip();
            try {
                numbers.add(number.startsWith("0x")
                        ? Long.parseUnsignedLong(number.substring(2), 16)
                        : Long.parseLong(number));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "'%s' in 'arguments' is no whole number; allowed are such as 2 or 0x1000".formatted(number));
            }
        }
        return numbers;
    }
}
