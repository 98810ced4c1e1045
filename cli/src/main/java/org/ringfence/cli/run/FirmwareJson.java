package org.ringfence.cli.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.platform.life.FirmwareRun;
import org.ringfence.platform.life.FirmwareRun.Work;
import org.ringfence.stack.guest.uefi.memory.FirmwareMemory.Range;

/**
 * Boots of firmware as one JSON object. docs/run.md lists its fields; whoever renames or removes one raises
 * {@link RunJson#FORMAT}.
 *
 * @param version of the program
 */
public record FirmwareJson(PrintStream out, String version) implements FirmwareReport {
    @Override
    public void show(FirmwareRequest.Told told, int exit) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("format", RunJson.FORMAT);
        root.put("ringfence", version);
        root.put("exit", exit);
        root.put("seconds", told.seconds());
        root.put("platform", told.request().platform());
        root.put("until", FirmwareRequest.UNTIL);
        root.put("address-bytes", told.map().bytes());
        root.put("operations", told.request().operations());
        root.put("seed", told.request().seed());
        ArrayNode boots = root.putArray("boots");
        told.runs().forEach(run -> boot(boots.addObject(), run));
        ArrayNode notes = root.putArray("notes");
        told.notes().forEach(notes::add);
        told.runs().getLast().stopped().ifPresent(stage -> root.put("stopped", stage));
        try {
            out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(root));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON nodes cannot be printed", e);
        }
        out.flush();
    }

    private static void boot(ObjectNode boot, FirmwareRun run) {
        boot.put("pool", run.pool());
        ArrayNode stages = boot.putArray("stages");
        run.stages().forEach((stage, time) -> {
            ObjectNode told = stages.addObject()
                    .put("stage", stage.toString())
                    .put("operations", time.operations())
                    .put("seconds", time.seconds());
            Work work = run.work().get(stage);
            if (work != null) {
                work(told, work);
            }
        });
        work(boot, run.total());
        ArrayNode statuses = boot.putArray("statuses");
        run.statuses().forEach(status -> statuses.add(status.name()));
        boot.put("map-key", run.key());
        boot.put("map-key-afterwards", run.keyAfter());
        ranges(boot.putArray("before"), run.before());
        ranges(boot.putArray("after"), run.after());
        ObjectNode calls = boot.putObject("calls");
        run.calls().forEach(calls::put);
        run.death().ifPresent(why -> boot.put("death", why));
        ArrayNode broken = boot.putArray("broken");
        run.broken().forEach(property -> broken.add(property.printed()));
    }

    private static void work(ObjectNode into, Work work) {
        into.put("pages-to-shared", work.toShared());
        into.put("pages-to-private", work.toPrivate());
        into.put("exits-for-conversions", work.requests());
        into.put("exits-for-faults", work.faults());
        into.put("bytes-copied", work.copied());
    }

    private static void ranges(ArrayNode into, List<Range> ranges) {
        for (Range range : ranges) {
            into.addObject()
                    .put("start", range.page() * Geometry.SMALL)
                    .put("bytes", range.pages() * Geometry.SMALL)
                    .put("type", range.type().ordinal())
                    .put("name", range.type().linux());
        }
    }
}
