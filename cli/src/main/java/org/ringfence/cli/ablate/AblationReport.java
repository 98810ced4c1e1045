package org.ringfence.cli.ablate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.List;
import org.ringfence.checker.random.Found;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Property;

/** What each check of a platform is for, in words or as one JSON object. */
public record AblationReport(String platform, PrintStream out) {
    /** The version of the object's shape. */
    static final int FORMAT = 1;

    /** What a row says, on one line. */
    public static String inBrief(Needed row) {
        return switch (row) {
            case Needed.BySequence(Guard guard, Found found) ->
                "%s breaks after %d operations".formatted(broken(found), found.operations());
            case Needed.ByCase(Guard guard, String name, String what) -> "%s: %s".formatted(name, what);
            case Needed.ByWord(Guard guard, String reason) -> "nothing breaks: " + reason;
            case Needed.Nowhere(Guard guard, boolean all) -> all
                    ? "nothing breaks, and nobody says why"
                    : "nothing broke before the time was over";
        };
    }

    /** What a sequence breaks. */
    public static String broken(Found found) {
        Property property = found.property();
        return property == null ? "an operation" : property.printed();
    }

    /** A paragraph for each. */
    public void text(List<Needed> rows) {
        for (Needed row : rows) {
            Guard guard = row.guard();
            out.println("%s refuses with %s: %s (%s)"
                    .formatted(guard.printed(), guard.refuses(), guard.holds(), guard.source()));
            out.println("  without it %s".formatted(inBrief(row)));
            if (row instanceof Needed.BySequence(Guard checked, Found found)) {
                out.println("  on a machine of %s, '%s'%s".formatted(
                        found.platform(), found.scene().name(), found.hurt().isEmpty() ? "" : ": " + found.hurt()));
                for (Found.Attempt step : found.steps()) {
                    out.println("    %-6s %s".formatted(step.who(), step.operation()));
                }
            }
        }
        out.println(
                "%s: %d checks, of which %d break a random sequence, %d a case, %d are explained by a reason, %d by nothing"
                        .formatted(
                                platform,
                                rows.size(),
                                rows.stream().filter(Needed.BySequence.class::isInstance).count(),
                                rows.stream().filter(Needed.ByCase.class::isInstance).count(),
                                rows.stream().filter(Needed.ByWord.class::isInstance).count(),
                                rows.stream().filter(row -> !row.isExplained()).count()));
        out.flush();
    }

    /** One object; docs/random.md lists its fields. */
    public void json(List<Needed> rows, String version, int exit) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("format", FORMAT).put("ringfence", version).put("exit", exit).put("platform", platform);
        ArrayNode guards = root.putArray("guards");
        for (Needed row : rows) {
            json(row, guards.addObject());
        }
        try {
            out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(root));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON nodes cannot be printed", e);
        }
        out.flush();
    }

    private static void json(Needed row, ObjectNode node) {
        Guard guard = row.guard();
        node.put("guard", guard.printed()).put("refuses", guard.refuses()).put("holds", guard.holds());
        node.put("source", guard.source());
        switch (row) {
            case Needed.BySequence(Guard checked, Found found) -> {
                node.put("by", "sequence").put("breaks", broken(found))
                        .put("platform", found.platform()).put("machine", found.scene().name());
                ArrayNode steps = node.putArray("steps");
                for (Found.Attempt step : found.steps()) {
                    steps.addObject().put("who", step.who()).put("operation", step.operation());
                }
            }
            case Needed.ByCase(Guard checked, String name, String what) ->
                node.put("by", "case").put("case", name).put("breaks", what);
            case Needed.ByWord(Guard checked, String reason) -> node.put("by", "reason").put("reason", reason);
            case Needed.Nowhere(Guard checked, boolean all) -> node.put("by", "nothing").put("tried", all);
        }
    }
}
