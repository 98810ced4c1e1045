package org.ringfence.wasm.imports;

import java.util.List;
import java.util.Optional;
import org.ringfence.machine.operation.Part;

/**
 * Functions that belong together, under the name that a module imports them from.
 *
 * @param summary what they are for, in one sentence
 * @param needs the parts that a machine must have for a module that imports any of them
 */
public record Library(String name, String summary, List<Part> needs, List<Import> imports) {
    public Library {
        needs = List.copyOf(needs);
        imports = List.copyOf(imports);
    }

    /** What every machine has suffices for these. */
    public Library(String name, String summary, List<Import> imports) {
        this(name, summary, List.of(), imports);
    }

    /** The function of this name. */
    public Optional<Import> find(String function) {
        return imports.stream().filter(one -> one.name().equals(function)).findFirst();
    }
}
