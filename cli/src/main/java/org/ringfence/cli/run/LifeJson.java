package org.ringfence.cli.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import org.ringfence.platform.life.LifeOptions;
import org.ringfence.platform.life.LifeRun;

/**
 * A VM's life as one JSON object. docs/run.md lists its fields; whoever renames or removes one raises
 * {@link RunJson#FORMAT}.
 *
 * @param version of the program
 */
public record LifeJson(PrintStream out, String version) implements LifeReport {
    @Override
    public void show(String platform, LifeOptions options, LifeRun run, int exit) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("format", RunJson.FORMAT);
        root.put("ringfence", version);
        root.put("exit", exit);
        root.put("seconds", run.seconds());
        root.put("platform", platform);
        root.put("memory-bytes", options.memory());
        root.put("cpus", options.cpus());
        root.put("accept", LifeNames.printed(options.acceptance()));
        root.put("pages", options.backing().toString());
        root.put("touch", LifeNames.printed(options.order()));
        root.put("touches", options.touches());
        root.put("seed", options.seed());
        ArrayNode stages = root.putArray("stages");
        run.stages().forEach((stage, time) -> stages.addObject()
                .put("stage", stage.toString())
                .put("operations", time.operations())
                .put("seconds", time.seconds())
                .put("modelled-seconds", time.modelled()));
        ObjectNode calls = root.putObject("calls");
        run.calls().forEach(calls::put);
        ObjectNode exits = root.putObject("exits");
        run.exits().forEach(exits::put);
        ObjectNode pages = root.putObject("bytes-by-state");
        run.pages().forEach(pages::put);
        ObjectNode figures = root.putObject("bytes");
        run.figures().forEach(figures::put);
        root.put("reads", run.reads());
        run.misdeed().ifPresent(misdeed -> root.putObject("misdeed")
                .put("did", misdeed.did())
                .put("came", misdeed.came())
                .put("promised", misdeed.promised()));
        run.death().ifPresent(why -> root.put("death", why));
        if (run.stopped().isEmpty()) {
            root.put("leaked-pages", run.leaked());
        }
        ArrayNode broken = root.putArray("broken");
        run.broken().forEach(property -> broken.add(property.printed()));
        ArrayNode notes = root.putArray("notes");
        run.notes().forEach(notes::add);
        run.stopped().ifPresent(stage -> root.put("stopped", stage));
        try {
            out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(root));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON nodes cannot be printed", e);
        }
        out.flush();
    }
}
