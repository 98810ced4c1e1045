package org.ringfence.checker.check;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ringfence.machine.operation.Guards;

/**
 * A case of the catalogue.
 *
 * @param name its path in the catalogue without the ending, for example {@code acceptance/reaccept-fatal}
 * @param question in one sentence
 * @param asked where
 * @param options the options of each platform it lists, as that platform's own record
 * @param guards for each of these platforms, which of its checks are off; none where it is missing
 * @param actors in the order of their indices
 * @param expect rows in the order of the file
 */
public record Case(
        String name,
        String question,
        String asked,
        MachineSpec machine,
        Map<String, Record> options,
        Map<String, Guards> guards,
        List<ActorSpec> actors,
        List<Expectation> expect) {
    public Case {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        guards = Map.copyOf(guards);
        actors = List.copyOf(actors);
        expect = List.copyOf(expect);
    }

    /** The checks of {@code platform} that are off. */
    public Guards guards(String platform) {
        return guards.getOrDefault(platform, Guards.allOn());
    }

    /** The same case with these checks of {@code platform} off and no others of it. */
    public Case with(String platform, Guards off) {
        Map<String, Guards> changed = new LinkedHashMap<>(guards);
        changed.put(platform, off);
        return new Case(name, question, asked, machine, options, changed, actors, expect);
    }
}
