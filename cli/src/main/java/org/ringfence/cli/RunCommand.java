package org.ringfence.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.Quoted;
import org.ringfence.cli.run.Played;
import org.ringfence.cli.run.Playing;
import org.ringfence.cli.run.RunJson;
import org.ringfence.cli.run.RunReport;
import org.ringfence.cli.run.RunText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Plays a host at real size. */
@Command(
        name = "run",
        description = "Plays a host of real size, honest and alone, and tells what it did.",
        mixinStandardHelpOptions = true,
        versionProvider = Ringfence.Version.class,
        sortOptions = false,
        footer = "%nExit status: 0 the stage was reached and no promise broke; 1 it was not, or one did; 2 bad usage or input; "
                + "3 an interrupt came first; 70 a defect of Ringfence.%n")
final class RunCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Spec
    private @Nullable CommandSpec spec;

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
            description = "What the host does where people disagree: flush, entropy, packages, unwind-flush, unwind-reset, erratum, module.")
    private List<String> settings = new ArrayList<>();

    @Option(
            names = "--format",
            paramLabel = "text|json",
            converter = OutputFormat.Converter.class,
            description = "How results are written: text (the default) or json.")
    private OutputFormat format = OutputFormat.TEXT;

    RunCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws BadInput {
        allow("platform", platform, Playing.TDX);
        allow("stage", until, Playing.BRING_UP);
        Playing playing = new Playing(
                surroundings.workingDirectory(), surroundings.progress(), surroundings.interrupt());
        try {
            return show(playing.bringUp(memoryMap, cpus, injection, settings));
        } catch (IllegalArgumentException misfit) {
            throw wrong(String.valueOf(misfit.getMessage()));
        }
    }

    private int show(Played played) {
        return switch (played) {
            case Played.Stopped(String sentence) -> {
                surroundings.err().println("ringfence run: " + sentence);
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
        return switch (format) {
            case TEXT -> new RunText(surroundings.out(), surroundings.paint());
            case JSON -> new RunJson(surroundings.out(), Ringfence.Version.number());
        };
    }

    private void allow(String what, String given, String allowed) {
        if (!given.equals(allowed)) {
            throw wrong("unknown %s %s; allowed is %s".formatted(what, Quoted.of(given), allowed));
        }
    }

    private ParameterException wrong(String sentence) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), sentence);
    }
}
