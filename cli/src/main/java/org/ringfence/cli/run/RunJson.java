package org.ringfence.cli.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import org.ringfence.platform.tdx.host.HostRun;
import org.ringfence.stack.host.tdx.bringup.BringUp;
import org.ringfence.stack.host.tdx.bringup.Construction;
import org.ringfence.stack.host.tdx.bringup.ReservedArea;
import org.ringfence.stack.host.tdx.bringup.Tdmr;

/**
 * One JSON object. docs/run.md lists its fields; whoever renames or removes one raises {@link #FORMAT}. Sizes and
 * addresses are numbers of bytes.
 *
 * @param version of the program
 */
public record RunJson(PrintStream out, String version) implements RunReport {
    /** The version of the shape. */
    static final int FORMAT = 1;

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    @Override
    public void show(Played.Told told, int exit) {
        ObjectNode root = JSON.objectNode();
        root.put("format", FORMAT);
        root.put("ringfence", version);
        root.put("exit", exit);
        root.put("seconds", told.seconds());
        root.put("platform", told.platform());
        root.put("until", told.until());
        root.put("usable-bytes", told.memory().usableBytes());
        root.put("cpus", told.cpus().cpus().size());
        root.put("cpus-online", told.cpus().online());
        root.put("packages", told.cpus().sockets().size());
        HostRun run = told.run();
        made(root, run.made());
        ObjectNode calls = root.putObject("calls");
        run.calls().forEach(calls::put);
        root.put("injected", run.injected());
        end(root.putObject("end"), run.end());
        run.failure().ifPresent(failure -> {
            ObjectNode node = root.putObject("failure");
            node.put("call", failure.call());
            node.put("number", failure.number());
            node.put("result", failure.result());
        });
        ArrayNode broken = root.putArray("broken");
        run.broken().forEach(property -> broken.add(property.printed()));
        ArrayNode notes = root.putArray("notes");
        run.notes().forEach(notes::add);
        print(root);
    }

    @Override
    public void stopped(String platform, String until, String sentence, int exit) {
        ObjectNode root = JSON.objectNode();
        root.put("format", FORMAT);
        root.put("ringfence", version);
        root.put("exit", exit);
        root.put("platform", platform);
        root.put("until", until);
        root.put("stopped", sentence);
        print(root);
    }

    private void print(ObjectNode root) {
        try {
            out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(root));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON nodes cannot be printed", e);
        }
        out.flush();
    }

    private static void made(ObjectNode root, Construction made) {
        switch (made) {
            case Construction.Failed(var errno, String reason) -> root.put("no-tdmrs", reason);
            case Construction.Constructed constructed -> {
                root.put("tdmr-bytes", constructed.tdmrBytes());
                root.put("pamt-bytes", constructed.pamtBytes());
                root.put("td-bytes", constructed.usableBytes());
                ArrayNode tdmrs = root.putArray("tdmrs");
                constructed.tdmrs().forEach(tdmr -> tdmr(tdmrs.addObject(), tdmr));
            }
        }
    }

    private static void tdmr(ObjectNode node, Tdmr tdmr) {
        node.put("base", tdmr.base());
        node.put("size", tdmr.size());
        node.put("pamt-base", tdmr.pamt().base());
        node.put("pamt-size", tdmr.pamt().size());
        ArrayNode reserved = node.putArray("reserved");
        for (ReservedArea area : tdmr.reserved()) {
            ObjectNode one = reserved.addObject();
            one.put("offset", area.offset());
            one.put("size", area.size());
        }
    }

    private static void end(ObjectNode node, BringUp.End end) {
        node.put("stage", RunText.stage(end.stage()));
        node.put("errno", end.errno().toString());
        node.put("flushed", end.unwinding().flushed());
        node.put("reset", end.unwinding().reset());
        node.put("freed", end.unwinding().freed());
    }
}
