package org.ringfence.cli.casefile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ringfence.checker.check.Assembly;
import org.ringfence.checker.check.Expectation;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.ThreatModel;
import org.ringfence.checker.explore.SoftwareMover;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Vocabulary;

/**
 * Reads what a case expects: each row stands for as many expectations as it names threat models, platforms and
 * properties.
 */
final class ExpectationReader {
    /** What software ends with that gives up, which no operation is called. */
    private static final String PANIC = "panic";

    private final String file;
    private final PlatformNames platforms;
    private final List<Expectation> expectations = new ArrayList<>();
    private final List<Position> places = new ArrayList<>();
    private final Map<Cell, Position> cells = new HashMap<>();

    /** What may be expected only once. */
    private record Cell(ThreatModel threat, String platform, Property property) {}

    ExpectationReader(String file, PlatformNames platforms) {
        this.file = file;
        this.platforms = platforms;
    }

    /** Those read so far. */
    List<Expectation> expectations() {
        return expectations;
    }

    /** Where each of them stands. */
    List<Position> places() {
        return places;
    }

    /** Under which threat models, on which platforms: what both kinds of rows begin with. */
    private record Where(List<ThreatModel> threats, List<String> platforms) {}

    private Where where(Fields fields) throws BadInput {
        Node on = fields.optional("platform");
        List<String> names =
                on == null ? List.copyOf(platforms.names()) : platforms.read(fields, on, "platform");
        Set<ThreatModel> threats = new LinkedHashSet<>();
        for (Node item : fields.oneOrMore(fields.required("threat"), "threat")) {
            ThreatModel threat = threat(item);
            if (!threats.add(threat)) {
                throw bad(item.at(), "threat model '%s' is named twice".formatted(threat));
            }
            for (String name : names) {
                requireKnown(item.at(), threat, platforms.registry().platform(name).orElseThrow());
            }
        }
        return new Where(List.copyOf(threats), names);
    }

    private void requireKnown(Position at, ThreatModel threat, Platform platform) throws BadInput {
        Record options = Objects.requireNonNull(platforms.options().get(platform.name()), "options of the platform");
        Optional<Principal> unknown = Assembly.unknown(platform, options, threat);
        if (unknown.isPresent()) {
            throw bad(at, "threat model '%s': platform %s does not say what the %s can do; name other platforms"
                    .formatted(threat, platform.name(), unknown.get()));
        }
    }

    private ThreatModel threat(Node node) throws BadInput {
        if (node instanceof Node.Text(Position at, String text)) {
            try {
                return ThreatModel.parse(text);
            } catch (IllegalArgumentException unknown) {
                throw bad(at, String.valueOf(unknown.getMessage()).replace("\n", "\\n"));
            }
        }
        throw bad(node.at(), "'threat' is %s; allowed are %s, and combinations joined by +"
                .formatted(node.kind(), String.join(", ", ThreatModel.names())));
    }

    /** A row of {@code expect}. */
    void expect(Node row) throws BadInput {
        Fields fields = Fields.of(file, row, "an expectation", CaseReader.EXPECT.toArray(String[]::new));
        Where where = where(fields);
        Node property = fields.optional("property");
        Node verdict = fields.optional("verdict");
        Node safe = fields.optional("safe");
        Node violated = fields.optional("violated");
        if (property == null && verdict == null && safe == null && violated == null) {
            throw bad(row.at(),
                    "an expectation names no property; give 'property' with 'verdict', or 'safe', or 'violated'");
        }
        if ((property != null || verdict != null) && (safe != null || violated != null)) {
            throw bad(row.at(),
                    "an expectation gives both forms; give 'property' with 'verdict', or 'safe' and 'violated'");
        }
        if (property != null || verdict != null) {
            Node properties = fields.required("property");
            String wanted = fields.name(
                    fields.required("verdict"),
                    "verdict",
                    Arrays.stream(Expectation.Outcome.values()).map(Expectation.Outcome::printed).toList());
            Expectation.Outcome outcome = Arrays.stream(Expectation.Outcome.values())
                    .filter(one -> one.printed().equals(wanted))
                    .findFirst()
                    .orElseThrow();
            expand(fields, where, properties, "property", outcome);
        }
        if (safe != null) {
            expand(fields, where, safe, "safe", Expectation.Outcome.SAFE);
        }
        if (violated != null) {
            expand(fields, where, violated, "violated", Expectation.Outcome.VIOLATED);
        }
    }

    private void expand(Fields fields, Where where, Node properties, String key, Expectation.Outcome outcome)
            throws BadInput {
        for (Node item : fields.oneOrMore(properties, key)) {
            String name = fields.name(item, "property", List.copyOf(Expectation.propertyNames()));
            Property property = Arrays.stream(Property.values())
                    .filter(one -> one.printed().equals(name))
                    .findFirst()
                    .orElseThrow();
            for (ThreatModel threat : where.threats()) {
                for (String platform : where.platforms()) {
                    Position before = cells.putIfAbsent(new Cell(threat, platform, property), item.at());
                    if (before != null) {
                        throw bad(item.at(), "%s of %s under %s is expected twice; the first is at %s"
                                .formatted(name, platform, threat, before));
                    }
                    add(new Expectation.OfProperty(threat, platform, property, outcome), item.at());
                }
            }
        }
    }

    /** A row of {@code reaches}. */
    void reaches(Node row) throws BadInput {
        Fields fields = Fields.of(file, row, "a row of 'reaches'", CaseReader.REACHES.toArray(String[]::new));
        Where where = where(fields);
        String operation = fields.text("operation");
        Node result = fields.optional("result");
        String part = result == null ? "" : fields.text(result, "result");
        Node never = fields.optional("never");
        boolean isNever = never != null && fields.truth(never, "never");
        for (String platform : where.platforms()) {
            requireOperation(fields.required("operation").at(), operation, platform);
            if (result != null) {
                requireResult(result.at(), operation, part, platform);
            }
        }
        for (ThreatModel threat : where.threats()) {
            for (String platform : where.platforms()) {
                add(new Expectation.Reaches(threat, platform, operation, part, isNever), row.at());
            }
        }
    }

    /** What is never called so could never be reached: a misspelt name that must not be would be met. */
    private void requireOperation(Position at, String operation, String platform) throws BadInput {
        if (!operation.equals(PANIC) && vocabulary(platform).called(operation).isEmpty()) {
            throw bad(at, "unknown operation %s on %s; %s".formatted(
                    Quoted.of(operation), platform, vocabulary(platform).suggestions(operation)));
        }
    }

    private void requireResult(Position at, String operation, String part, String platform) throws BadInput {
        List<Form> forms = vocabulary(platform).called(operation);
        boolean isClosed = !forms.isEmpty()
                && forms.stream().noneMatch(form -> form.printedResults().isEmpty());
        Stream<String> left = Stream.of(SoftwareMover.EXITS, SoftwareMover.CALLS);
        Stream<String> results = forms.stream().flatMap(form -> form.printedResults().stream());
        if (isClosed && Stream.concat(results, left).noneMatch(printed -> printed.contains(part))) {
            throw bad(at, "%s never ends with %s on %s; it ends with %s, EXITS or CALLS".formatted(
                    operation,
                    Quoted.of(part),
                    platform,
                    forms.stream().flatMap(form -> form.results().stream()).distinct()
                            .collect(Collectors.joining(", "))));
        }
    }

    private Vocabulary vocabulary(String platform) {
        return platforms.registry().vocabulary(platforms.registry().platform(platform).orElseThrow());
    }

    private void add(Expectation expectation, Position at) {
        expectations.add(expectation);
        places.add(at);
    }

    private BadInput bad(Position at, String sentence) {
        return new BadInput(new Problem(file, at, sentence));
    }
}
