package org.ringfence.wasm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ringfence.wasm.imports.Signature;
import org.ringfence.wasm.module.WasmFile;
import org.ringfence.wasm.run.Program;

/**
 * The options of the routine {@code wasm}.
 *
 * @param module the file
 * @param entry the function that is run
 * @param arguments what it is given: whole numbers with commas, decimal or after 0x
 */
public record WasmOptions(Path module, String entry, String arguments) {

    /** Names no module. */
    static final WasmOptions NONE = new WasmOptions(Path.of(""), "entry", "");

    public WasmOptions {
        if (!module.toString().isEmpty()) {
            check(WasmFile.read(module), entry, arguments);
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
