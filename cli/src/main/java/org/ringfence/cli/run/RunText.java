package org.ringfence.cli.run;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import org.ringfence.cli.report.Paint;
import org.ringfence.machine.operation.Property;
import org.ringfence.platform.tdx.host.HostRun;
import org.ringfence.stack.host.inventory.HostCpu;
import org.ringfence.stack.host.inventory.MemoryBlock;
import org.ringfence.stack.host.tdx.bringup.BringUp;
import org.ringfence.stack.host.tdx.bringup.Construction;
import org.ringfence.stack.host.tdx.bringup.Tdmr;

/** In words. */
public record RunText(PrintStream out, Paint paint) implements RunReport {
    private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB"};

    /** The sentence stands among the errors. */
    @Override
    public void stopped(String platform, String until, String sentence, int exit) {}

    @Override
    public void show(Played.Told told, int exit) {
        HostRun run = told.run();
        BringUp.End end = run.end();
        String how = end.isReady() ? paint.good("ready")
                : paint.bad("failed at " + stage(end.stage()) + " with " + end.errno());
        out.printf(Locale.ROOT, "%s  %s: %s  %.1f s%n", told.platform(), told.until(), how, told.seconds());
        line("memory", "%s usable in %s, NUMA nodes %s".formatted(
                size(told.memory().usableBytes()),
                count(told.memory().blocks().size(), "block"),
                told.memory().blocks().stream().map(MemoryBlock::node).distinct().sorted().toList()));
        line("processors", "%,d of %,d online, in %s".formatted(
                told.cpus().cpus().stream().filter(HostCpu::online).count(),
                told.cpus().cpus().size(),
                count(told.cpus().sockets().size(), "package")));
        made(run.made());
        for (Map.Entry<String, Long> call : run.calls().entrySet()) {
            line(call.getKey().startsWith("TDH.") ? "SEAMCALL" : "host",
                    "%-20s %,9d".formatted(call.getKey(), call.getValue()));
        }
        line("injected", run.injected() == 0 ? "no failure" : count(run.injected(), "failure"));
        run.failure().ifPresent(failure -> line("failed",
                "call %,d of %s: %s".formatted(failure.number(), failure.call(), failure.result())));
        if (!end.isReady()) {
            line("unwound", unwound(end.unwinding()));
        }
        for (Property property : run.broken()) {
            line("broken", paint.bad(property.printed()));
        }
        run.notes().forEach(note -> line("note", note));
        out.flush();
    }

    private void made(Construction made) {
        switch (made) {
            case Construction.Failed(var errno, String reason) -> line("TDMRs", "none: " + reason + " (" + errno + ")");
            case Construction.Constructed constructed -> {
                line("TDMRs", "%s over %s, %s of it for TDs".formatted(
                        count(constructed.tdmrs().size(), "region"),
                        size(constructed.tdmrBytes()),
                        size(constructed.usableBytes())));
                for (Tdmr tdmr : constructed.tdmrs()) {
                    line("", "[0x%x, 0x%x) %s; PAMT at 0x%x, %s; %s".formatted(
                            tdmr.base(),
                            tdmr.end(),
                            size(tdmr.size()),
                            tdmr.pamt().base(),
                            size(tdmr.pamt().size()),
                            count(tdmr.reserved().size(), "reserved area")));
                }
                line("PAMT", String.format(
                        Locale.ROOT,
                        "%,d bytes, %s: 1/%.1f of the TDMRs, %.2f %%",
                        constructed.pamtBytes(),
                        size(constructed.pamtBytes()),
                        (double) constructed.tdmrBytes() / constructed.pamtBytes(),
                        100.0 * constructed.pamtBytes() / constructed.tdmrBytes()));
            }
        }
    }

    private void line(String what, String text) {
        out.printf("  %s%s%n", paint.faint("%-11s".formatted(what)), text);
    }

    private static String unwound(BringUp.Unwinding unwinding) {
        if (!unwinding.freed()) {
            return "nothing was to unwind";
        }
        return (unwinding.flushed() ? "caches flushed, " : "")
                + (unwinding.reset() ? "PAMTs overwritten by MOVDIR64B, " : "")
                + "PAMTs given back; TDX stays off until the next boot";
    }

    static String stage(BringUp.Stage stage) {
        return stage.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String count(int number, String one) {
        return "%,d %s%s".formatted(number, one, number == 1 ? "" : "s");
    }

    /** In the largest unit in which it is at least 1. */
    static String size(long bytes) {
        int unit = 0;
        double number = bytes;
        while (number >= 1024 && unit < UNITS.length - 1) {
            number /= 1024;
            unit++;
        }
        String text = String.format(Locale.ROOT, number == Math.rint(number) ? "%.0f" : "%.2f", number);
        return text + " " + UNITS[unit];
    }
}
