package org.ringfence.cli.run;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.ringfence.cli.report.Paint;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Property;
import org.ringfence.platform.life.FirmwareRun;
import org.ringfence.platform.life.FirmwareRun.Work;
import org.ringfence.platform.life.LifeStage;
import org.ringfence.stack.guest.uefi.memory.FirmwareMemory.Range;

/** Boots of firmware in words, with the pool and without it side by side. */
public record FirmwareText(PrintStream out, Paint paint) implements FirmwareReport {
    private static final List<LifeStage> STAGES =
            List.of(LifeStage.POOL, LifeStage.DRIVERS, LifeStage.EXIT_BOOT_SERVICES);

    @Override
    public void show(FirmwareRequest.Told told, int exit) {
        out.printf(
                Locale.ROOT, "%s  firmware: %s  %.1f s%n", told.request().platform(), how(told), told.seconds());
        line("guest", "%s of addresses, %,d IOMMU operations, seed %d".formatted(
                RunText.size(told.map().bytes()), told.request().operations(), told.request().seed()));
        List<FirmwareRun> runs = told.runs();
        line("", row("", "", runs, run -> run.pool() ? "with pool" : "without pool"));
        for (LifeStage stage : STAGES) {
            figures(stage.toString(), runs, run -> run.work().getOrDefault(stage, Work.NONE));
        }
        figures("all", runs, FirmwareRun::total);
        line("calls", row("ExitBootServices", "", runs, run -> run.statuses().stream()
                .map(status -> status.name().replace("EFI_", ""))
                .collect(Collectors.joining(", "))));
        line("map", row("MapKey", "the loader's", runs, run -> "%,d".formatted(run.key())));
        line("map", row("", "afterwards", runs, run -> "%,d".formatted(run.keyAfter())));
        ranges("before", runs.getFirst().before());
        if (runs.getFirst().after().equals(runs.getFirst().before())) {
            line("after", "the same ranges");
        } else {
            ranges("after", runs.getFirst().after());
        }
        for (FirmwareRun run : runs) {
            run.death().ifPresent(why -> line("end", paint.bad(why)));
            for (Property property : run.broken()) {
                line("broken", paint.bad(property.printed()));
            }
        }
        told.notes().forEach(note -> line("note", note));
        out.flush();
    }

    private void figures(String what, List<FirmwareRun> runs, Function<FirmwareRun, Work> of) {
        line("pages", row(what, "to shared", runs, run -> "%,d".formatted(of.apply(run).toShared())));
        line("pages", row(what, "to private", runs, run -> "%,d".formatted(of.apply(run).toPrivate())));
        line("exits", row(what, "conversions", runs, run -> "%,d".formatted(of.apply(run).requests())));
        line("exits", row(what, "faults", runs, run -> "%,d".formatted(of.apply(run).faults())));
        line("bytes", row(what, "copied", runs, run -> "%,d".formatted(of.apply(run).copied())));
    }

    private static String row(String what, String kind, List<FirmwareRun> runs, Function<FirmwareRun, String> value) {
        StringBuilder row = new StringBuilder("%-20s%-14s".formatted(what, kind));
        runs.forEach(run -> row.append("%20s".formatted(value.apply(run))));
        return row.toString();
    }

    private void ranges(String when, List<Range> ranges) {
        for (Range range : ranges) {
            long start = range.page() * Geometry.SMALL;
            line(when, "0x%016X-0x%016X  %s".formatted(
                    start, start + range.pages() * Geometry.SMALL - 1, range.type().linux()));
        }
    }

    private String how(FirmwareRequest.Told told) {
        if (told.isStopped()) {
            return paint.bad("stopped in the stage " + told.runs().getLast().stopped().get());
        }
        return told.isGood() ? paint.good("boot services are over") : paint.bad("not as it should be");
    }

    private void line(String what, String text) {
        out.printf("  %s%s%n", paint.faint("%-11s".formatted(what)), text.stripTrailing());
    }
}
