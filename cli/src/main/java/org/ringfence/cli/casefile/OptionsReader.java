package org.ringfence.cli.casefile;

import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ringfence.checker.check.Options;

/**
 * Reads the options of a platform or a routine.
 *
 * @param folder what files are relative to
 * @param retired options of earlier versions, each with where to find now what it stood for
 */
record OptionsReader(String file, Path folder, Map<String, String> retired) {

    /**
     * The options of {@code prototype} with what {@code node} says of them.
     *
     * @param whose as sentences call them
     */
    Record read(Record prototype, Node node, String whose) throws BadInput {
        List<String> allowed = Options.of(prototype).stream().map(Options.Option::name).toList();
        if (node instanceof Node.Nothing) {
            return prototype;
        }
        if (!(node instanceof Node.Mapping(Position at, List<Node.Entry> entries))) {
            throw bad(node.at(), "the options of %s are %s; allowed is a mapping%s"
                    .formatted(whose, node.kind(),
                            allowed.isEmpty() ? ", {} here" : " from " + String.join(", ", allowed)));
        }
        Map<String, Object> given = new LinkedHashMap<>();
        for (Node.Entry entry : entries) {
            String instead = retired.get(entry.key());
            if (instead != null && !allowed.contains(entry.key())) {
                throw bad(entry.at(), "%s: there is no option '%s' any more, leave it out: %s"
                        .formatted(whose, entry.key(), instead));
            }
            given.put(entry.key(), value(prototype, entry, whose));
        }
        try {
            return Options.with(prototype, given);
        } catch (Options.BadOption bad) {
            throw bad(place(node, bad.option(), allowed), whose + ": " + bad.sentence().replace("\n", "\\n"));
        }
    }

    private static Position place(Node node, String option, List<String> allowed) {
        if (node instanceof Node.Mapping(Position at, List<Node.Entry> entries)) {
            for (Node.Entry entry : entries) {
                if (entry.key().equals(option)) {
                    return allowed.contains(option) ? entry.value().at() : entry.at();
                }
            }
        }
        return node.at();
    }

    private Object value(Record prototype, Node.Entry entry, String whose) throws BadInput {
        return switch (entry.value()) {
            case Node.Truth(Position at, boolean value) -> value;
            case Node.Text(Position at, String value) -> isFile(prototype, entry.key()) ? inFolder(value) : value;
            case Node.Whole(Position at, BigInteger value) when value.bitLength() < Integer.SIZE -> value.intValue();
            case Node.Whole(Position at, BigInteger value) when value.bitLength() < Long.SIZE -> value.longValue();
            case Node.Whole _,Node.Decimal _,Node.Nothing _,Node.Sequence _,Node.Mapping _ -> {
                List<Options.Option> options = Options.of(prototype);
                for (Options.Option option : options) {
                    if (option.name().equals(entry.key())) {
                        throw bad(entry.value().at(), "%s: option '%s' is %s; allowed is %s"
                                .formatted(whose, option.name(), entry.value().kind(), option.allowed()));
                    }
                }
                yield ""; // the key is unknown, and that is what Options will say
            }
        };
    }

    private static boolean isFile(Record prototype, String name) {
        return Options.of(prototype).stream()
                .anyMatch(option -> option.name().equals(name) && option.allowed().equals(Options.FILE));
    }

    /** What is no path stays what it is, for {@link Options} to refuse. */
    private String inFolder(String value) {
        try {
            return folder.resolve(value).normalize().toString();
        } catch (InvalidPathException e) {
            return value;
        }
    }

    private BadInput bad(Position at, String sentence) {
        return new BadInput(new Problem(file, at, sentence));
    }
}
