package org.ringfence.wasm.imports;

import java.util.List;
import java.util.Optional;

/**
 * Functions that belong together, under the name that a module imports them from.
 *
 * @param summary what they are for, in one sentence
 */
public record Library(String name, String summary, List<Import> imports) {
    public Library {
        imports = List.copyOf(imports);
    }

    /** The function of this name. */
    public Optional<Import> find(String function) {
        return imports.stream().filter(one -> one.name().equals(function)).findFirst();
    }
}
