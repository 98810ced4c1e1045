package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JSON output has the fields that docs/cases.md lists, each of the type it says, and no others. */
class JsonReportTest {
    private static final Pattern ROW =
            Pattern.compile("^\\| `([^`]+)` \\| (object|array|string|boolean|integer|number) \\|.*");
    private static final String GOOD = Session.resource("good.yaml");

    @TempDir
    private Path folder = Path.of("");

    private static Map<String, String> documented() throws IOException {
        Map<String, String> fields = new TreeMap<>();
        for (String line : Files.readAllLines(Session.repository().resolve("docs/cases.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                fields.put(row.group(1), row.group(2));
            }
        }
        return fields;
    }

    private static void collect(String path, JsonNode node, Map<String, String> fields) {
        if (!path.isEmpty()) {
            fields.put(path, switch (node.getNodeType()) {
                case OBJECT, POJO -> "object";
                case ARRAY -> "array";
                case STRING, BINARY -> "string";
                case BOOLEAN -> "boolean";
                case NUMBER -> node.isIntegralNumber() ? "integer" : "number";
                case NULL, MISSING -> "null";
            });
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            collect(path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), fields);
        }
        if (node.isArray()) {
            node.forEach(item -> {
                if (item.isObject()) {
                    for (Map.Entry<String, JsonNode> field : item.properties()) {
                        collect(path + "[]." + field.getKey(), field.getValue(), fields);
                    }
                } else {
                    collect(path + "[]", item, fields);
                }
            });
        }
    }

    private JsonNode run(int exit, String... arguments) throws IOException {
        Session.Ran ran = Session.in(folder).run(arguments);
        assertThat(ran.exit()).as(ran.err()).isEqualTo(exit);
        return new ObjectMapper().readTree(ran.out());
    }

    @Test
    void itsFieldsAreThoseOfTheDocumentation() throws IOException {
        String rows = """
                expect:
                  - {threat: malicious-host, violated: freshness, safe: integrity}
                reaches:
                  - {threat: malicious-host, operation: LOOK, result: LETTER}
                  - {threat: malicious-host, operation: LOOK, result: NOTHING, never: true}
                """;
        String good = GOOD.substring(0, GOOD.indexOf("expect:")) + rows;
        Session.in(folder)
                .having("all", good)
                .having("bad", GOOD.replace("on-loss: shrug", "gpa: 0x5000"))
                .having("limited", good.replace("locked: false", "dials: 16"));
        Map<String, String> fields = new TreeMap<>();
        collect("", run(2, "check", "--format", "json", "--states", "1000"), fields);
        // Only a search that was not made says why.
        Session interrupted = Session.in(folder);
        interrupted.interrupt().request();
        fields.put("cases[].searches[].notSearched", "string");
        // Only a platform that is wrong meets a defect.
        fields.put("cases[].defect", "string");
        // A note needs software learned lazily.
        fields.put("cases[].searches[].notes[]", "string");
        Map<String, String> documented = documented();
        assertThat(new TreeSet<>(fields.keySet())).isEqualTo(new TreeSet<>(documented.keySet()));
        fields.forEach((field, type) -> assertThat(documented.get(field))
                .as(field)
                .matches(said -> Objects.equals(said, type)
                        || Objects.equals(said, "number") && Objects.equals(type, "integer")));
    }

    @Test
    void itTellsEachVerdictWithItsExpectationAndTrace() throws IOException {
        Session.in(folder).having("toys/letter", GOOD);
        JsonNode root = run(0, "check", "--format", "json");
        assertThat(root.path("format").asInt()).isEqualTo(1);
        assertThat(root.path("exit").asInt()).isZero();
        JsonNode one = root.path("cases").path(0);
        assertThat(one.path("name").asText()).isEqualTo("toys/letter");
        assertThat(one.path("result").asText()).isEqualTo("met");
        JsonNode verdict = one.path("searches").path(0).path("verdicts").path(0);
        assertThat(verdict.path("property").asText()).isEqualTo("freshness");
        assertThat(verdict.path("verdict").asText()).isEqualTo("violated");
        assertThat(verdict.path("judgement").asText()).isEqualTo("met");
        assertThat(verdict.path("line").asInt()).isEqualTo(13);
        assertThat(verdict.path("trace").path("steps").path(1).path("operation").asText()).isEqualTo("EMPTY page=0");
    }
}
