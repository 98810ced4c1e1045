package org.ringfence.cli.run;

import java.io.PrintStream;
import java.util.Locale;
import org.ringfence.cli.report.Paint;
import org.ringfence.platform.cost.Cost;
import org.ringfence.platform.cost.CostTable;
import org.ringfence.platform.life.Acceptance;
import org.ringfence.platform.plan.Plan;
import org.ringfence.platform.plan.Published;

/** A plan as tables. */
public record PlanText(PrintStream out, Paint paint) implements PlanReport {
    private static final double GIB = 1 << 30;

    @Override
    public void show(PlanRequest request, CostTable costs, Plan plan) {
        line("plan for %s, %d vCPU%s, private memory mapped in %s",
                RunText.size(request.memory()), request.cpus(), request.cpus() == 1 ? "" : "s", request.backing());
        line("");
        head("%-8s %-9s %14s %14s %14s %14s", "platform", "accepts", "by firmware", "by kernel", "first process",
                "all accepted");
        for (Plan.Row row : plan.rows()) {
            line("%-8s %-9s %14s %14s %14s %14s", row.platform(), LifeNames.printed(row.policy()),
                    RunText.size(row.firmwareBytes()), RunText.size(row.kernelBytes()), time(row.firstProcess()),
                    time(row.all()));
        }
        line("");
        head("%-8s %-9s %14s %14s %14s %14s", "platform", "", "PAMT or RMP", "tables", "bitmap", "doubled");
        for (Plan.Row row : plan.rows()) {
            if (row.policy() == Acceptance.LAZY) {
                Plan.Overhead overhead = row.overhead();
                line("%-8s %-9s %14s %14s %14s %14s", row.platform(), "", RunText.size(overhead.metadata()),
                        RunText.size(overhead.tables()), RunText.size(overhead.bitmap()),
                        RunText.size(overhead.doubled()));
            }
        }
        line("");
        figures(plan);
        line("");
        head("%-24s %10s  %-9s  %s", "cost", "", "is", "source");
        for (Cost cost : costs.costs()) {
            line("%-24s %10s  %-9s  %s", cost.name(), "%s %s".formatted(number(cost.amount()), cost.unit()),
                    cost.origin(), cost.source());
        }
        out.flush();
    }

    private void figures(Plan plan) {
        head("%-40s %-10s %12s %12s %8s  %s", "published figure", "used as", "published", "modelled", "off",
                "source");
        for (Published figure : plan.figures()) {
            line("%-40s %-10s %12s %12s %8s  %s", figure.what(), figure.input() ? "input" : "prediction",
                    "%s%s %s".formatted(figure.atLeast() ? "> " : "", number(figure.published()), figure.unit()),
                    "%.2f %s".formatted(figure.modelled(), figure.unit()), "%+.0f %%".formatted(100 * figure.off()),
                    figure.source());
        }
        line("A boot takes %s without acceptance: fitted to the ratio at 4 GiB.", time(plan.boot()));
        line("For a ratio of 4 at 64 GiB a lazy guest would accept %.1f GiB before its first process.",
                plan.acceptedFor4() / GIB);
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation would be a dependency more
    private void head(String format, Object... columns) {
        out.println(paint.faint(String.format(Locale.ROOT, format, columns).stripTrailing()));
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation would be a dependency more
    private void line(String format, Object... columns) {
        out.println(String.format(Locale.ROOT, format, columns).stripTrailing());
    }

    private static String number(double number) {
        return number == Math.rint(number) ? "%.0f".formatted(number) : String.valueOf(number);
    }

    /** In the largest unit in which it is at least 1. */
    static String time(double seconds) {
        if (seconds >= 1 || seconds == 0) {
            return String.format(Locale.ROOT, "%.2f s", seconds);
        }
        return seconds >= 1e-3
                ? String.format(Locale.ROOT, "%.2f ms", seconds * 1e3)
                : String.format(Locale.ROOT, "%.2f us", seconds * 1e6);
    }
}
