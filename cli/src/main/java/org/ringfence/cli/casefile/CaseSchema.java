package org.ringfence.cli.casefile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ringfence.checker.check.Expectation;
import org.ringfence.checker.check.Options;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.ThreatModel;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Turn;
import org.ringfence.machine.vocabulary.Vocabulary;

/**
 * The JSON Schema of case files, for editors: what {@link CaseReader} accepts, as far as a schema can say it. What only
 * the reader can tell: a name that must have been given elsewhere in the file, rows that contradict each other, sizes
 * that do not divide.
 */
public final class CaseSchema {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private CaseSchema() {}

    /** The schema for cases that name what {@code registry} has, as text that ends with a line break. */
    public static String print(Registry registry) {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        printer.indentObjectsWith(indenter);
        printer.indentArraysWith(indenter);
        try {
            return new ObjectMapper().writer(printer).writeValueAsString(of(registry)) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON nodes cannot be printed", e);
        }
    }

    /** The schema for cases that name what {@code registry} has. */
    static ObjectNode of(Registry registry) {
        ObjectNode schema = JSON.objectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "A case of Ringfence");
        closed(schema, List.of("question", "asked", "machine", "platforms", "actors"));
        schema.putArray("anyOf").add(requiring("expect")).add(requiring("reaches"));
        ObjectNode properties = schema.putObject("properties");
        properties.set("question", text("What is asked, in one sentence."));
        properties.set("asked", text("Where it was asked."));
        properties.set("machine", machine());
        properties.set("platforms", platforms(registry));
        properties.set("actors", listOf("actor", "Whose software runs, in the order of reports."));
        properties.set("expect", listOf("expectation", "What must come out."));
        properties.set("reaches", listOf("reached", "Operations that must end with a result somewhere, or nowhere."));
        properties.set("note", text("Whatever else a reader should know."));
        ObjectNode definitions = schema.putObject("$defs");
        List<String> platforms =
                registry.platforms().stream().map(Platform::name).toList();
        definitions.set("platforms", oneOrMore(oneOf(platforms)));
        definitions.set("threats", oneOrMore(threat()));
        definitions.set("properties", oneOrMore(oneOf(Expectation.propertyNames())));
        definitions.set("step", step(registry));
        definitions.set("operations", operations(registry));
        definitions.set("actor", actor(registry));
        definitions.set("expectation", expectation());
        definitions.set("reached", reached());
        return schema;
    }

    private static ObjectNode machine() {
        ObjectNode machine = closed(JSON.objectNode(), List.of("pages", "frames"));
        ObjectNode properties = machine.putObject("properties");
        properties.set("pages", size("4K pages of guest memory"));
        properties.set("frames", size("4K frames of host memory"));
        properties.set("small-pages-per-large", size("4K pages in a 2M page; 1, the default, for no large pages"));
        return machine;
    }

    private static ObjectNode size(String description) {
        ObjectNode size = JSON.objectNode().put("type", "integer");
        return size.put("minimum", 1).put("maximum", CaseReader.MOST_PAGES).put("description", description);
    }

    private static ObjectNode platforms(Registry registry) {
        ObjectNode platforms = closed(JSON.objectNode(), List.of());
        platforms.put("minProperties", 1);
        platforms.put("description", "The platforms the case is about, each with its options; {} for none.");
        ObjectNode properties = platforms.putObject("properties");
        for (Platform platform : registry.platforms()) {
            properties.set(platform.name(), platform(platform));
        }
        return platforms;
    }

    private static ObjectNode platform(Platform platform) {
        ObjectNode schema = options(platform.options());
        List<Guard> guards = platform.guards();
        if (!guards.isEmpty()) {
            ObjectNode off = schema.withObject("/properties").putObject(CaseReader.ABLATE);
            off.put("type", "array").put("minItems", 1).put("uniqueItems", true);
            off.put("description", "Checks of the platform that are switched off.");
            ArrayNode names = off.putObject("items").putArray("oneOf");
            for (Guard guard : guards) {
                names.addObject().put("const", guard.printed()).put("description", guard.holds());
            }
        }
        return schema;
    }

    private static ObjectNode actor(Registry registry) {
        ObjectNode actor = closed(JSON.objectNode(), List.of("name", "principal"));
        ArrayNode software = actor.putArray("oneOf");
        software.add(requiring("routine"));
        software.addObject().putArray("required").add("script");
        ObjectNode properties = actor.putObject("properties");
        properties.set("name", text("What a trace calls it."));
        properties.set("principal", oneOf(
                CaseReader.PRINCIPALS.stream().map(Principal::toString).toList()));
        properties.putObject("vmpl")
                .put("type", "integer")
                .put("minimum", 1)
                .put("maximum", 3)
                .put("description",
                        "On snp, the VMPL at which software of principal l2 runs; 2 unless said otherwise.");
        properties.putObject("cpu")
                .put("type", "integer")
                .put("minimum", 0)
                .put("maximum", CaseReader.MOST_CPU)
                .put("description",
                        "On tdx-host, and on tdx with 'association', the logical CPU from which software of principal host calls; on tdx vCPU i "
                                + "begins on logical CPU i. One of its own unless said otherwise.");
        ObjectNode routine = properties.putObject("routine");
        ArrayNode routines = routine.putArray("oneOf");
        properties.putObject("options").putArray("type").add("object").add("null");
        ObjectNode script = properties.putObject("script").put("type", "array");
        script.put("description", "Operations to perform one after the other, such as 'host load frame=0'.");
        script.set("items", reference("step"));
        properties.set("platforms", reference("platforms"));
        ArrayNode perRoutine = actor.putArray("allOf");
        for (Registry.Entry entry : registry.routines()) {
            routines.addObject().put("const", entry.name()).put("description", entry.summary());
            ObjectNode rule = perRoutine.addObject();
            ObjectNode condition = rule.putObject("if");
            condition.putArray("required").add("routine");
            condition.putObject("properties").putObject("routine").put("const", entry.name());
            rule.putObject("then")
                    .putObject("properties")
                    .set("options", options(entry.prototype()));
        }
        return actor;
    }

    private static ObjectNode step(Registry registry) {
        ObjectNode step = JSON.objectNode();
        step.put("description",
                "An operation with its arguments, and behind '->' the results to go on with; or what is more than that.");
        ArrayNode forms = step.putArray("oneOf");
        ObjectNode text = forms.addObject().put("type", "string").put("pattern", "\\S");
        ArrayNode examples = text.putArray("examples");
        registry.platforms().stream()
                .flatMap(platform -> registry.vocabulary(platform).describe().stream())
                .distinct()
                .forEach(examples::add);
        ObjectNode mapping = closed(JSON.objectNode(), List.of());
        forms.add(mapping);
        ArrayNode kinds = mapping.putArray("oneOf");
        ObjectNode properties = mapping.putObject("properties");
        ObjectNode performed = properties.putObject("do");
        ArrayNode what = performed.putArray("oneOf");
        what.addObject().put("type", "string").put("pattern", "\\S");
        what.addObject().put("type", "array").set("items", reference("step"));
        ObjectNode otherwise = oneOf(Arrays.stream(Turn.Otherwise.values()).map(Turn.Otherwise::printed).toList());
        properties.set("else", otherwise.put("description", "What becomes of the actor after any other result."));
        properties.putObject("repeat").put("type", "integer").put("minimum", 1).put("maximum", ScriptReader.MOST);
        kinds.add(requiring("do"));
        for (String alone : List.of("await", "signal", "panic")) {
            properties.set(alone, JSON.objectNode().put("type", "string").put("pattern", "\\S"));
            kinds.add(requiring(alone));
        }
        return step;
    }

    /**
     * Every operation by its text without values: who performs it, its arguments and its results. A step of a script is
     * a text and no such object; this is for who wants to know what it can be.
     */
    private static ObjectNode operations(Registry registry) {
        ObjectNode operations = JSON.objectNode().put("type", "object");
        operations.put("description", "Every operation: on which platforms, by whom, its arguments and its results.");
        ObjectNode properties = operations.putObject("properties");
        for (Platform platform : registry.platforms()) {
            for (Form form : registry.vocabulary(platform).forms()) {
                for (String name : form.names()) {
                    String text = Vocabulary.describe(form, name);
                    ObjectNode known = (ObjectNode) properties.get(text);
                    ObjectNode operation = known == null ? operation(form) : known;
                    withConstant(operation, "platform", platform.name());
                    form.principals().stream().sorted().map(Principal::toString)
                            .forEach(principal -> withConstant(operation, "by", principal));
                    properties.set(text, operation);
                }
            }
        }
        return operations;
    }

    private static ObjectNode operation(Form form) {
        ObjectNode operation = JSON.objectNode().put("type", "object");
        ObjectNode properties = operation.putObject("properties");
        properties.putObject("platform").putArray("enum");
        properties.putObject("by").putArray("enum");
        ObjectNode arguments = properties.putObject("arguments").put("type", "object").putObject("properties");
        for (String argument : form.arguments()) {
            arguments.putObject(argument).put("description", form.allowed(argument));
        }
        List<String> results = form.results();
        properties.set("result", results.isEmpty()
                ? JSON.objectNode().put("type", "string").put("description", form.resultInWords())
                : oneOf(results));
        return operation;
    }

    private static void withConstant(ObjectNode operation, String property, String constant) {
        ArrayNode constants = (ArrayNode) operation.get("properties").get(property).get("enum");
        for (JsonNode known : constants) {
            if (known.textValue().equals(constant)) {
                return;
            }
        }
        constants.add(constant);
    }

    private static ObjectNode options(Record prototype) {
        ObjectNode options = JSON.objectNode();
        options.putArray("type").add("object").add("null");
        options.put("additionalProperties", false);
        ObjectNode properties = options.putObject("properties");
        for (Options.Option option : Options.of(prototype)) {
            properties.set(option.name(), option(option));
        }
        return options;
    }

    private static ObjectNode option(Options.Option option) {
        ObjectNode schema = JSON.objectNode();
        switch (option.allowed()) {
            case "true, false" ->
                schema.put("type", "boolean").put("default", Boolean.parseBoolean(option.value()));
            case "a whole number" -> schema.put("type", "integer").put("default", Long.parseLong(option.value()));
            case "a text", Options.FILE -> schema.put("type", "string").put("default", option.value());
            default -> {
                ArrayNode constants = schema.putArray("enum");
                Arrays.stream(option.allowed().split(", ", -1)).forEach(constants::add);
                schema.put("default", option.value());
            }
        }
        String meaning = Stream.concat(Stream.of(option.meaning()), option.values().stream())
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining("\n"));
        return meaning.isEmpty() ? schema : schema.put("description", meaning);
    }

    private static ObjectNode threat() {
        String names = "(" + String.join("|", ThreatModel.names()) + ")";
        ObjectNode threat = JSON.objectNode().put("type", "string");
        threat.put("pattern", "^ *%s *(\\+ *%s *)*$".formatted(names, names));
        ArrayNode examples = threat.putArray("examples");
        ThreatModel.names().forEach(examples::add);
        examples.add("malicious-host+malicious-l2");
        return threat.put("description", "A threat model, or several joined by +.");
    }

    private static ObjectNode expectation() {
        ObjectNode expectation = closed(JSON.objectNode(), List.of("threat"));
        ObjectNode properties = expectation.putObject("properties");
        properties.set("threat", reference("threats"));
        properties.set("platform", reference("platforms"));
        properties.set("property", reference("properties"));
        properties.set("verdict", oneOf(Arrays.stream(Expectation.Outcome.values())
                .map(Expectation.Outcome::printed)
                .toList()));
        properties.set("safe", reference("properties"));
        properties.set("violated", reference("properties"));
        ArrayNode forms = expectation.putArray("oneOf");
        ObjectNode single = forms.addObject();
        single.putArray("required").add("property").add("verdict");
        ObjectNode shorthand = forms.addObject();
        shorthand.putArray("anyOf").add(requiring("safe")).add(requiring("violated"));
        shorthand.putObject("properties").put("property", false).put("verdict", false);
        single.putObject("properties").put("safe", false).put("violated", false);
        return expectation;
    }

    private static ObjectNode reached() {
        ObjectNode reached = closed(JSON.objectNode(), List.of("threat", "operation"));
        ObjectNode properties = reached.putObject("properties");
        properties.set("threat", reference("threats"));
        properties.set("platform", reference("platforms"));
        properties.set("operation", text("A mnemonic, or panic."));
        properties.set("result", text("Part of the result as a trace prints it; any result when missing."));
        properties.putObject("never").put("type", "boolean").put("default", false);
        return reached;
    }

    // ---- pieces

    private static ObjectNode closed(ObjectNode schema, List<String> required) {
        schema.put("type", "object").put("additionalProperties", false);
        if (!required.isEmpty()) {
            ArrayNode names = schema.putArray("required");
            required.forEach(names::add);
        }
        return schema;
    }

    private static ObjectNode requiring(String key) {
        ObjectNode schema = JSON.objectNode();
        schema.putArray("required").add(key);
        return schema;
    }

    private static ObjectNode text(String description) {
        ObjectNode text = JSON.objectNode().put("type", "string").put("pattern", "\\S");
        return text.put("description", description);
    }

    private static ObjectNode listOf(String definition, String description) {
        ObjectNode list = JSON.objectNode().put("type", "array").put("minItems", 1);
        list.set("items", reference(definition));
        return list.put("description", description);
    }

    private static ObjectNode oneOrMore(ObjectNode one) {
        ObjectNode schema = JSON.objectNode();
        ArrayNode forms = schema.putArray("oneOf");
        forms.add(one);
        ObjectNode list = forms.addObject().put("type", "array").put("minItems", 1).put("uniqueItems", true);
        list.set("items", one.deepCopy());
        return schema;
    }

    private static ObjectNode oneOf(Collection<String> names) {
        ObjectNode schema = JSON.objectNode();
        ArrayNode constants = schema.putArray("enum");
        names.forEach(constants::add);
        return schema;
    }

    private static ObjectNode reference(String definition) {
        return JSON.objectNode().put("$ref", "#/$defs/" + definition);
    }
}
