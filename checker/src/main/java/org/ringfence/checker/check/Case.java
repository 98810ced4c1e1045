package org.ringfence.checker.check;

import java.util.List;
import java.util.Map;

/**
 * A case of the catalogue.
 *
 * @param name its path in the catalogue without the ending, for example {@code acceptance/reaccept-fatal}
 * @param question in one sentence
 * @param asked where
 * @param options the options of each platform it lists, as that platform's own record
 * @param actors in the order of their indices
 * @param expect rows in the order of the file
 */
public record Case(
        String name,
        String question,
        String asked,
        MachineSpec machine,
        Map<String, Record> options,
        List<ActorSpec> actors,
        List<Expectation> expect) {
    public Case {
        options = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(options));
        actors = List.copyOf(actors);
        expect = List.copyOf(expect);
    }
}
