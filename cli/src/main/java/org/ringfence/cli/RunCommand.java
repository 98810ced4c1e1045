package org.ringfence.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.Quoted;
import org.ringfence.cli.run.Played;
import org.ringfence.cli.run.Playing;
import org.ringfence.cli.run.RunJson;
import org.ringfence.cli.run.RunReport;
import org.ringfence.cli.run.RunText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Plays a host at real size. */
@Command(
        name = "run",
        description = "Plays a host of real size, honest and alone, and tells what it did.",
        footer = "%nExit status: 0 the stage was reached and no promise broke; 1 it was not, or one did; 2 bad usage or input; "
                + "3 a limit or an interrupt came first; 70 a defect of Ringfence.%n")
final class RunCommand extends RingfenceCommand {
    @Option(names = "--platform", paramLabel = "NAME", required = true, description = "The protection: tdx.")
    private String platform = "";

    @Option(names = "--until", paramLabel = "STAGE", required = true, description = "How far to go: bring-up.")
    private String until = "";

    @Option(
            names = "--memory-map",
            paramLabel = "FILE",
            required = true,
            description = "A kernel log with the host's memory map: BIOS-e820 lines, or efi: mem lines.")
    private String memoryMap = "";

    @Option(
            names = "--cpus",
            paramLabel = "FILE",
            required = true,
            description = "The host's processors, as 'lscpu -a -p=CPU,Core,Socket,Node,Online' prints them.")
    private String cpus = "";

    @Option(
            names = "--inject",
            paramLabel = "CALL:N[=STATUS]",
            description = "Makes the N-th call of a leaf function fail, such as TDH.SYS.TDMR.INIT:3=TDX_SYS_BUSY.")
    private String injection = "";

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "What the host does where people disagree: flush, entropy, packages, unwind-flush, unwind-reset, erratum, module, holes.")
    private List<String> settings = new ArrayList<>();

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = TimeSpan.class,
            description = "The limit on time, for example 30s or 5m; 1h by default.")
    private Duration timeout = Duration.ofHours(1);

    @Mixin
    private final FormatOption format = new FormatOption();

    RunCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws BadInput {
        if (hasOwn()) {
            software();
        }
        allow("platform", platform, Playing.TDX);
        allow("stage", until, Playing.BRING_UP);
        Playing playing = new Playing(
                surroundings.workingDirectory(), surroundings.progress(), surroundings.interrupt());
        try {
            return show(playing.bringUp(memoryMap, cpus, injection, settings, timeout));
        } catch (IllegalArgumentException misfit) {
            throw wrong(String.valueOf(misfit.getMessage()));
        }
    }

    private int show(Played played) {
        return switch (played) {
            case Played.Stopped(String sentence) -> {
                surroundings.err().println("ringfence run: " + sentence);
                report().stopped(platform, until, sentence, ExitStatus.INCONCLUSIVE);
                yield ExitStatus.INCONCLUSIVE;
            }
            case Played.Told told -> {
                int exit = told.isGood() ? ExitStatus.MET : ExitStatus.UNMET;
                report().show(told, exit);
                yield exit;
            }
        };
    }

    private RunReport report() {
        return switch (format.get()) {
            case TEXT -> new RunText(surroundings.out(), surroundings.paint());
            case JSON -> new RunJson(surroundings.out(), Ringfence.Version.number());
        };
    }

    private void allow(String what, String given, String allowed) {
        if (!given.equals(allowed)) {
            throw wrong("unknown %s %s; allowed is %s".formatted(what, Quoted.of(given), allowed));
        }
    }
}
