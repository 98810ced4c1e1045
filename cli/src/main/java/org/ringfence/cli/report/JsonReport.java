package org.ringfence.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import org.ringfence.checker.check.Covered;
import org.ringfence.checker.check.Expectation;
import org.ringfence.checker.check.Finding;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Verdict;
import org.ringfence.checker.explore.Exploration;
import org.ringfence.checker.run.Trace;
import org.ringfence.cli.casefile.CaseFile;
import org.ringfence.cli.casefile.Position;
import org.ringfence.cli.casefile.Problem;
import org.ringfence.cli.judge.CaseResult;
import org.ringfence.cli.judge.Judged;
import org.ringfence.cli.judge.Search;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Layout;

/**
 * One JSON object, written case by case, so that what was found is told whatever comes after; {@link #end} completes
 * it. docs/cases.md lists its fields, and a test holds them against that list; whoever renames or removes one raises
 * {@link #FORMAT}.
 *
 * @param json what writes it to {@code out}
 */
public record JsonReport(PrintStream out, JsonGenerator json) implements Report {
    /** The version of the shape. */
    static final int FORMAT = 1;

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /**
     * Begins the object.
     *
     * @param version of the program
     */
    public static JsonReport begin(PrintStream out, String version) {
        try {
            JsonGenerator json = new ObjectMapper().createGenerator(out).useDefaultPrettyPrinter();
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.writeStartObject();
            json.writeNumberField("format", FORMAT);
            json.writeStringField("ringfence", version);
            json.writeArrayFieldStart("cases");
            return new JsonReport(out, json);
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    @Override
    public void finished(CaseResult result) {
        try {
            json.writeTree(result(result));
            json.flush();
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    @Override
    public void end(Run run) {
        try {
            json.writeEndArray();
            json.writeNumberField("exit", run.exit());
            json.writeBooleanField("interrupted", run.interrupted());
            json.writeNumberField("seconds", run.seconds());
            json.writeEndObject();
            json.close();
        } catch (IOException e) {
            throw unwritten(e);
        }
        out.println();
        out.flush();
    }

    /** A print stream swallows what goes wrong with writing, so this is a tree that cannot be printed. */
    private static IllegalStateException unwritten(IOException e) {
        return new IllegalStateException("a tree of JSON nodes cannot be printed", e);
    }

    private static ObjectNode result(CaseResult result) {
        ObjectNode node = JSON.objectNode();
        node.put("name", result.name());
        node.put("file", result.file());
        CaseFile read = result.read();
        if (read != null) {
            node.put("question", read.subject().question());
            node.put("asked", read.subject().asked());
            MachineSpec machine = read.subject().machine();
            node.putObject("machine")
                    .put("pages", machine.pages())
                    .put("frames", machine.frames())
                    .put("smallPagesPerLarge", machine.smallPerLarge());
        }
        node.put("result", result.summary().printed());
        node.put("seconds", result.seconds());
        Problem problem = result.problem();
        if (problem != null) {
            ObjectNode said = node.putObject("problem").put("file", problem.file());
            Position at = problem.at();
            if (at != null) {
                place(said, at);
            }
            said.put("sentence", problem.sentence());
        }
        CaseResult.Broken broken = result.broken();
        if (broken != null) {
            node.put("defect", broken.sentence());
        }
        ArrayNode searches = node.putArray("searches");
        result.searches().forEach(search -> searches.add(search(search)));
        return node;
    }

    private static ObjectNode place(ObjectNode node, Position at) {
        return node.put("line", at.line()).put("column", at.column());
    }

    private static ObjectNode search(Search search) {
        ObjectNode node = JSON.objectNode();
        node.put("platform", search.platform());
        node.put("threat", search.threat().toString());
        Finding finding = search.finding();
        if (finding == null) {
            node.put("notSearched", search.why());
        } else {
            exploration(node, finding);
        }
        ArrayNode verdicts = node.putArray("verdicts");
        ArrayNode reaches = node.putArray("reaches");
        for (Judged judged : search.judged()) {
            switch (judged.expectation()) {
                case Expectation.OfProperty property -> verdicts.add(verdict(finding, judged, property));
                case Expectation.Reaches reached -> {
                    ObjectNode row = reaches.addObject();
                    row.put("operation", reached.operation());
                    row.put("result", reached.result());
                    row.put("never", reached.never());
                    row.put("judgement", judged.judgement().printed());
                    place(row, judged.at());
                    Trace way = finding == null ? null : finding.ways().get(reached);
                    if (way != null) {
                        row.set("trace", trace(way));
                    }
                }
            }
        }
        if (finding != null) {
            ArrayNode covered = node.putArray("covered");
            for (Covered one : finding.covered()) {
                covered.addObject().put("operation", one.operation()).put("result", one.result());
            }
        }
        return node;
    }

    private static void exploration(ObjectNode node, Finding finding) {
        Exploration found = finding.exploration();
        node.put("bounds", finding.bounds());
        node.put("end", end(found.stop()));
        node.put("states", found.states());
        node.put("searched", found.searched());
        node.put("transitions", found.transitions());
        node.put("depth", found.depth());
        node.put("exact", found.exact());
        node.put("collisionProbability", found.collisionProbability());
        node.put("bytes", found.bytes());
        node.put("mostBytes", found.mostBytes());
        node.put("seconds", found.seconds());
        reached(node.putObject("points"), finding.points());
        reached(node.putObject("edges"), finding.edges());
        ArrayNode notes = node.putArray("notes");
        finding.notes().forEach(notes::add);
    }

    private static String end(Exploration.Stop stop) {
        return switch (stop) {
            case EXHAUSTED -> "exhausted";
            case ENOUGH -> "enough";
            case STATES -> "states";
            case MEMORY -> "memory";
            case TIME -> "time";
            case INTERRUPTED -> "interrupted";
            case CHECKPOINT -> "checkpoint";
        };
    }

    private static void reached(ObjectNode node, Finding.Reached reached) {
        node.put("reached", reached.reached()).put("all", reached.all());
    }

    private static ObjectNode verdict(
            @org.jspecify.annotations.Nullable Finding finding, Judged judged, Expectation.OfProperty expected) {
        ObjectNode node = JSON.objectNode();
        Property property = expected.property();
        node.put("property", property.printed());
        Verdict verdict = finding == null ? null : finding.verdicts().get(property);
        node.put("verdict", verdict == null ? "inconclusive" : verdict.printed());
        node.put("expected", expected.outcome().printed());
        node.put("judgement", judged.judgement().printed());
        place(node, judged.at());
        switch (verdict) {
            case Verdict.Violated violated -> {
                node.put("hurt", violated.hurt());
                node.set("trace", trace(violated.trace()));
            }
            case Verdict.Inconclusive inconclusive -> node.put("limit", inconclusive.limit());
            case Verdict.Safe safe -> {}
            case Verdict.Vacuous vacuous -> {}
            case null -> {}
        }
        return node;
    }

    private static ObjectNode trace(Trace trace) {
        ObjectNode node = JSON.objectNode();
        ArrayNode steps = node.putArray("steps");
        for (Trace.Step step : trace.steps()) {
            ObjectNode one = steps.addObject();
            one.put("who", step.who());
            one.put("operation", step.operation());
            one.put("result", step.result());
            one.put("line", step.line());
            ArrayNode changes = one.putArray("changes");
            for (Layout.Change change : step.changes()) {
                changes.addObject()
                        .put("place", change.place())
                        .put("before", change.before())
                        .put("after", change.after());
            }
        }
        ArrayNode around = node.putArray("around");
        trace.around().forEach(around::add);
        return node;
    }
}
