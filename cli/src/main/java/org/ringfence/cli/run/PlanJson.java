package org.ringfence.cli.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import org.ringfence.platform.cost.CostTable;
import org.ringfence.platform.plan.Plan;

/**
 * A plan as one JSON object. docs/run.md lists its fields; whoever renames or removes one raises
 * {@link RunJson#FORMAT}.
 *
 * @param version of the program
 */
public record PlanJson(PrintStream out, String version) implements PlanReport {
    @Override
    public void show(PlanRequest request, CostTable costs, Plan plan) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("format", RunJson.FORMAT);
        root.put("ringfence", version);
        root.put("memory-bytes", request.memory());
        root.put("cpus", request.cpus());
        root.put("pages", request.backing().toString());
        ArrayNode rows = root.putArray("plans");
        plan.rows().forEach(row -> {
            ObjectNode node = rows.addObject()
                    .put("platform", row.platform())
                    .put("accept", LifeNames.printed(row.policy()))
                    .put("firmware-bytes", row.firmwareBytes())
                    .put("kernel-bytes", row.kernelBytes())
                    .put("first-process-seconds", row.firstProcess())
                    .put("all-accepted-seconds", row.all());
            node.putObject("overhead-bytes")
                    .put("metadata", row.overhead().metadata())
                    .put("tables", row.overhead().tables())
                    .put("bitmap", row.overhead().bitmap())
                    .put("doubled", row.overhead().doubled());
        });
        root.put("boot-seconds", plan.boot());
        ArrayNode figures = root.putArray("figures");
        plan.figures().forEach(figure -> figures.addObject()
                .put("figure", figure.what())
                .put("input", figure.input())
                .put("published", figure.published())
                .put("at-least", figure.atLeast())
                .put("modelled", figure.modelled())
                .put("unit", figure.unit())
                .put("off", figure.off())
                .put("source", figure.source()));
        root.put("accepted-bytes-for-ratio-4", plan.acceptedFor4());
        ArrayNode rowsOfCosts = root.putArray("costs");
        costs.costs().forEach(cost -> rowsOfCosts.addObject()
                .put("name", cost.name())
                .put("amount", cost.amount())
                .put("unit", cost.unit().toString())
                .put("origin", cost.origin().toString())
                .put("source", cost.source()));
        try {
            out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(root));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON nodes cannot be printed", e);
        }
        out.flush();
    }
}
