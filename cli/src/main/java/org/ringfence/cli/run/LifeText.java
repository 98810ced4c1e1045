package org.ringfence.cli.run;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import org.ringfence.cli.report.Paint;
import org.ringfence.machine.operation.Property;
import org.ringfence.platform.life.LifeOptions;
import org.ringfence.platform.life.LifeRun;
import org.ringfence.platform.life.LifeStage;

/** A VM's life in words. */
public record LifeText(PrintStream out, Paint paint) implements LifeReport {
    @Override
    public void show(String platform, LifeOptions options, LifeRun run, int exit) {
        out.printf(Locale.ROOT, "%s  life: %s  %.1f s%n", platform, how(run), run.seconds());
        line("VM", "%s, %d vCPU%s, accepts %s, mapped in %s, touches %,d pages %s, seed %d".formatted(
                RunText.size(options.memory()),
                options.cpus(),
                options.cpus() == 1 ? "" : "s",
                LifeNames.printed(options.acceptance()),
                options.backing(),
                options.touches(),
                LifeNames.printed(options.order()),
                options.seed()));
        for (Map.Entry<LifeStage, LifeRun.StageTime> stage : run.stages().entrySet()) {
            line("stage", String.format(
                    Locale.ROOT, "%-28s %,15d operations %9.2f s, modelled %s", stage.getKey(),
                    stage.getValue().operations(),
                    stage.getValue().seconds(), PlanText.time(stage.getValue().modelled())));
        }
        run.calls().forEach((mnemonic, count) -> line("operation", "%-28s %,15d".formatted(mnemonic, count)));
        run.exits().forEach((reason, count) -> line("exit", "%-28s %,15d".formatted(reason, count)));
        run.pages().forEach((pages, bytes) -> line("pages", "%-28s %15s".formatted(pages, RunText.size(bytes))));
        run.figures().forEach((figure, bytes) -> line("bytes", "%-28s %15s".formatted(figure, RunText.size(bytes))));
        line("read", "%,d private reads compared with what was written".formatted(run.reads()));
        run.misdeed().ifPresent(misdeed -> {
            line("host", misdeed.did());
            line("came", misdeed.promised() ? misdeed.came() : paint.bad(misdeed.came()));
        });
        run.death().ifPresent(why -> line("end", why));
        if (run.stopped().isEmpty()) {
            line("leaked", run.leaked() == 0 ? "no page" : paint.bad("%,d pages of 4K".formatted(run.leaked())));
        }
        for (Property property : run.broken()) {
            line("broken", paint.bad(property.printed()));
        }
        run.notes().forEach(note -> line("note", note));
        out.flush();
    }

    private String how(LifeRun run) {
        if (run.stopped().isPresent()) {
            return paint.bad("stopped in the stage " + run.stopped().get());
        }
        return run.isGood() ? paint.good("whole") : paint.bad("not as it should be");
    }

    private void line(String what, String text) {
        out.printf("  %s%s%n", paint.faint("%-11s".formatted(what)), text);
    }
}
