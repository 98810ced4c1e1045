package org.ringfence.cli.casefile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;

/**
 * Reads which of a case's platforms something is about.
 *
 * @param options of the case's platforms, by their names
 */
record PlatformNames(Registry registry, String file, Map<String, Record> options) {

    /** The case's platforms. */
    Set<String> names() {
        return options.keySet();
    }

    /** One name, or several. */
    List<String> read(Fields fields, Node node, String key) throws BadInput {
        List<String> known = registry.platforms().stream().map(Platform::name).toList();
        List<String> read = new ArrayList<>();
        for (Node item : fields.oneOrMore(node, key)) {
            String name = fields.name(item, "platform", known);
            if (!options.containsKey(name)) {
                throw bad(item.at(), "platform '%s' is not one of this case's; its 'platforms' are %s"
                        .formatted(name, String.join(", ", names())));
            }
            if (read.contains(name)) {
                throw bad(item.at(), "platform '%s' is named twice".formatted(name));
            }
            read.add(name);
        }
        return read;
    }

    private BadInput bad(Position at, String sentence) {
        return new BadInput(new Problem(file, at, sentence));
    }
}
