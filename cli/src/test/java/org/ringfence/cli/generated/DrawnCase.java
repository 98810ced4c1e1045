package org.ringfence.cli.generated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.ringfence.checker.check.ActorSpec;
import org.ringfence.checker.check.Assembly;
import org.ringfence.checker.check.Fitting;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.ThreatModel;
import org.ringfence.checker.learn.Budget;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Form;

/**
 * Draws cases: any platform with any options, any size, any actors with any routine and any options of it, or with any
 * operations and arguments. The schema says what there is to draw from; arguments of operations, which it leaves open,
 * are numbers around those of small machines.
 *
 * <p>Three cases of four are sober: one platform, few options, numbers near their defaults, threat models that the
 * platform knows and software that runs there. Most of them come to a verdict; most of the others show what is refused.
 *
 * <p>JSON is YAML, so a case is written as JSON.
 */
final class DrawnCase {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Numbers of which small machines have some, and some that no machine has. */
    private static final int[] NUMBERS = {
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 4, 5, 8, 16, 64, 1000, -1,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE
    };

    private static final int[] SIZES = {1, 2, 2, 2, 3, 4, 4, 6, 8, 11, 12, 16, 20, 24};

    private static final Map<List<Object>, Boolean> RUNS = new ConcurrentHashMap<>();

    private final Registry registry;
    private final JsonNode schema;
    private final Random random;
    private final boolean sober;

    private DrawnCase(Registry registry, JsonNode schema, long seed) {
        this.registry = registry;
        this.schema = schema;
        this.random = new Random(seed);
        this.sober = seed % 4 != 0;
    }

    /** The case of this seed. */
    static ObjectNode of(Registry registry, JsonNode schema, long seed) {
        return new DrawnCase(registry, schema, seed).draw();
    }

    /** The case of this seed whose only actor performs one operation, once. */
    static ObjectNode ofOneOperation(Registry registry, JsonNode schema, long seed) {
        return new DrawnCase(registry, schema, seed).drawOperation();
    }

    private ObjectNode drawOperation() {
        ObjectNode drawn = JSON.objectNode();
        drawn.put("question", "q").put("asked", "a");
        drawn.putObject("machine").put("pages", 2).put("frames", one(4, 12, 24));
        Platform platform = any(registry.platforms());
        drawn.putObject("platforms").set(
                platform.name(), options(schema.at("/properties/platforms/properties/" + platform.name())));
        Form form = any(platform.vocabulary().forms());
        drawn.putArray("actors").addObject()
                .put("name", "a0")
                .put("principal", any(form.principals().stream().sorted().toList()).toString())
                .putArray("script").add(operation(form));
        expectations(drawn, List.of(platform));
        return drawn;
    }

    private ObjectNode draw() {
        ObjectNode drawn = JSON.objectNode();
        drawn.put("question", "q").put("asked", "a");
        ObjectNode machine = drawn.putObject("machine");
        int large = rarely(sober ? 12 : 3) ? one(2, 2, 3, 4) : 1;
        int pages = sober ? one(2, 3, 4) : one(1, 1, 2, 2, 3);
        int frames = sober ? one(12, 16, 16, 20, 24, 32) : SIZES[random.nextInt(SIZES.length)];
        machine.put("pages", large * pages);
        machine.put("frames", large * (rarely(6) ? frames : Math.max(pages, Math.min(frames, 64 / large))));
        if (large > 1) {
            machine.put("small-pages-per-large", large);
        }
        List<Platform> chosen = new ArrayList<>();
        for (int i = 0; i < (!sober && rarely(4) ? 2 : 1); i++) {
            Platform platform = any(registry.platforms());
            if (!chosen.contains(platform)) {
                chosen.add(platform);
            }
        }
        ObjectNode platforms = drawn.putObject("platforms");
        for (Platform platform : chosen) {
            platforms.set(platform.name(), options(schema.at("/properties/platforms/properties/" + platform.name())));
        }
        ArrayNode actors = drawn.putArray("actors");
        int count = one(1, 1, 1, 2, 2, 3);
        for (int i = 0; i < count; i++) {
            actors.add(actor("a" + i, chosen));
        }
        expectations(drawn, chosen);
        return drawn;
    }

    private void expectations(ObjectNode drawn, List<Platform> platforms) {
        List<String> threats = new ArrayList<>();
        schema.at("/$defs/threats/oneOf/0/examples").forEach(threat -> threats.add(threat.asText()));
        List<String> common = new ArrayList<>(List.of("honest-host", "malicious-host", "retroactive-host"));
        if (sober) {
            threats.removeIf(threat -> !isKnown(threat, platforms));
            common.removeIf(threat -> !isKnown(threat, platforms));
        }
        String threat = any(rarely(3) ? threats : common);
        if (rarely(5)) {
            ObjectNode row = drawn.putArray("reaches").addObject().put("threat", threat);
            row.put("operation", any(List.of("panic", "TDH.MEM.PAGE.AUG", "PVALIDATE", "load"))).put("never",
                    rarely(2));
            return;
        }
        List<String> properties = new ArrayList<>();
        schema.at("/$defs/properties/oneOf/0/enum").forEach(property -> properties.add(property.asText()));
        ObjectNode row = drawn.putArray("expect").addObject().put("threat", threat);
        row.putArray("safe").add(any(properties));
    }

    private static boolean isKnown(String threat, List<Platform> platforms) {
        return platforms.stream()
                .allMatch(platform -> Assembly.unknown(platform, platform.options(), ThreatModel.parse(threat))
                        .isEmpty());
    }

    private ObjectNode actor(String name, List<Platform> platforms) {
        JsonNode properties = schema.at("/$defs/actor/properties");
        ObjectNode actor = JSON.objectNode().put("name", name);
        Principal principal = any(
                sober
                        ? List.of(Principal.GUEST, Principal.GUEST, Principal.HOST)
                        : List.of(Principal.GUEST, Principal.GUEST, Principal.HOST, Principal.INNER_GUEST));
        actor.put("principal", principal.toString());
        if (rarely(3)) {
            Platform platform = any(platforms);
            List<Form> forms = platform.vocabulary().forms().stream()
                    .filter(form -> form.principals().contains(principal))
                    .toList();
            if (!forms.isEmpty()) {
                ArrayNode script = actor.putArray("script");
                for (int i = 0; i < one(1, 2, 3); i++) {
                    script.add(operation(any(forms)));
                }
                actor.put("platforms", platform.name());
                return actor;
            }
        }
        List<JsonNode> routines = new ArrayList<>();
        boolean fitting = sober || !rarely(5);
        properties.at("/routine/oneOf").forEach(one -> {
            Registry.Entry entry = registry.routine(one.get("const").asText()).orElseThrow();
            if (!fitting || platforms.stream().allMatch(platform -> runs(entry, principal, platform))) {
                routines.add(one);
            }
        });
        if (routines.isEmpty()) {
            properties.at("/routine/oneOf").forEach(routines::add);
        }
        String routine = any(routines).get("const").asText();
        actor.put("routine", routine);
        if (sober ? rarely(2) : !rarely(3)) {
            for (JsonNode rule : schema.at("/$defs/actor/allOf")) {
                if (rule.at("/if/properties/routine/const").asText().equals(routine)) {
                    actor.set("options", options(rule.at("/then/properties/options")));
                }
            }
        }
        return actor;
    }

    /** Routines are drawn less often where they do not run. */
    private boolean runs(Registry.Entry entry, Principal principal, Platform platform) {
        return RUNS.computeIfAbsent(List.of(entry.name(), principal, platform.name()), key -> {
            MachineSpec size = new MachineSpec(2, 12, 1);
            Routine<?> routine;
            try {
                routine = entry.maker().make(entry.prototype(), size.geometry());
            } catch (IllegalArgumentException lacksAnOption) {
                return false;
            }
            ActorSpec actor = new ActorSpec(
                    "a",
                    principal,
                    routine,
                    Set.of(platform.name()),
                    entry.needs().with(entry.prototype()));
            return Fitting.of(actor, size, Budget.DEFAULT).runsOn(platform, platform.options());
        });
    }

    private String operation(Form form) {
        StringBuilder text = new StringBuilder(form.name());
        Map<String, Class<?>> arguments = new LinkedHashMap<>();
        List<String> names = form.arguments();
        List<Class<?>> types = form.argumentTypes();
        for (int i = 0; i < names.size(); i++) {
            arguments.put(names.get(i), types.get(i));
        }
        arguments.forEach((name, type) -> text.append(' ').append(name).append('=').append(argument(type)));
        return text.toString();
    }

    private String argument(Class<?> type) {
        if (type == boolean.class) {
            return random.nextBoolean() ? "true" : "false";
        }
        if (type.isEnum()) {
            return Form.print(any(List.of(type.getEnumConstants())));
        }
        if (sober) {
            return type == long.class ? "0x" + Integer.toHexString(one(0, 0x1000))
                    : Integer.toString(one(0, 0, 1, 1, 2));
        }
        if (type == long.class && !rarely(8)) {
            return "0x" + Long
                    .toHexString((long) one(0, 1, 1, 1, 2, 3, 7) << one(0, 12, 12, 12, 12, 12, 12, 12, 21, 51, 63));
        }
        return Integer.toString(NUMBERS[random.nextInt(NUMBERS.length)]);
    }

    /** Some of the options of an object of the schema. */
    private ObjectNode options(JsonNode object) {
        ObjectNode options = JSON.objectNode();
        Map<String, JsonNode> properties = new TreeMap<>();
        object.get("properties").properties().forEach(entry -> properties.put(entry.getKey(), entry.getValue()));
        properties.forEach((name, option) -> {
            if (rarely(sober ? 16 : 6)) {
                options.set(name, value(option));
            }
        });
        return options;
    }

    private JsonNode value(JsonNode option) {
        if (option.has("enum")) {
            List<JsonNode> constants = new ArrayList<>();
            option.get("enum").forEach(constants::add);
            return any(constants);
        }
        return switch (option.get("type").asText()) {
            case "boolean" -> JSON.booleanNode(random.nextBoolean());
            case "integer" ->
                JSON.numberNode(sober && option.has("default")
                        ? option.get("default").asInt() + one(0, 1)
                        : NUMBERS[random.nextInt(NUMBERS.length)]);
            case "array" -> {
                List<JsonNode> names = new ArrayList<>();
                option.at("/items/oneOf").forEach(names::add);
                yield JSON.arrayNode().add(any(names).get("const"));
            }
            default -> JSON.textNode(any(List.of("", "x", "0", "a b")));
        };
    }

    /** Once in {@code often} times. */
    private boolean rarely(int often) {
        return random.nextInt(often) == 0;
    }

    private int one(int... numbers) {
        return numbers[random.nextInt(numbers.length)];
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
