package org.ringfence.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.Quoted;
import org.ringfence.cli.run.FirmwareJson;
import org.ringfence.cli.run.FirmwareReport;
import org.ringfence.cli.run.FirmwareRequest;
import org.ringfence.cli.run.FirmwareText;
import org.ringfence.cli.run.HostFiles;
import org.ringfence.cli.run.LifeJson;
import org.ringfence.cli.run.LifeNames;
import org.ringfence.cli.run.LifeReport;
import org.ringfence.cli.run.LifeRequest;
import org.ringfence.cli.run.LifeText;
import org.ringfence.cli.run.Played;
import org.ringfence.cli.run.Playing;
import org.ringfence.cli.run.RunJson;
import org.ringfence.cli.run.RunReport;
import org.ringfence.cli.run.RunText;
import org.ringfence.platform.cost.CostTable;
import org.ringfence.platform.life.Acceptance;
import org.ringfence.platform.life.BackingSize;
import org.ringfence.platform.life.BootMap;
import org.ringfence.platform.life.LifeOptions;
import org.ringfence.platform.life.LifeRun;
import org.ringfence.platform.life.Misdeed;
import org.ringfence.platform.life.TouchOrder;
import org.ringfence.platform.tdx.host.TooLittleMemory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Plays a VM's life at real size, a boot of its firmware, or a host's bring-up. */
@Command(
        name = "run",
        description = "Plays the whole life of one VM at real size, on an honest host or one that misbehaves once, and tells what happened. With --until bring-up it plays a host that brings TDX up, and no VM; with --until exit-boot-services a VM's firmware.",
        footer = "%nExit status: 0 all went as it should and no promise broke; 1 it did not, or one did; 2 bad usage or input; "
                + "3 a limit or an interrupt came first; 70 a defect of Ringfence.%n")
final class RunCommand extends RingfenceCommand {
    private static final String END = "end";

    @Option(
            names = "--platform",
            paramLabel = "NAME",
            required = true,
            description = "The protection: snp or tdx; with --until exit-boot-services also sev.")
    private String platform = "";

    @Option(
            names = "--until",
            paramLabel = "STAGE",
            description = "How far to go: end, the default; bring-up, of a host with --memory-map and --cpus FILE; or exit-boot-services, of a guest's firmware.")
    private String until = END;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = MemorySize.class,
            description = "The VM's memory, for example 4g or 1TiB.")
    private @Nullable Long memory;

    @Option(
            names = "--accept",
            paramLabel = "WHEN",
            description = "When memory is accepted: lazy, the default, eager, or below-4g.")
    private @Nullable String accept;

    @Option(
            names = "--pages",
            paramLabel = "SIZE",
            description = "In which pages the host maps private memory: 2m, the default, or 4k.")
    private @Nullable String pages;

    @Option(
            names = "--touch",
            paramLabel = "ORDER",
            description = "In which order the workload touches memory: random, the default, sequential, or zipf.")
    private @Nullable String touch;

    @Option(
            names = "--touches",
            paramLabel = "N",
            description = "How many pages the workload touches; by default one for each 2 MiB of memory.")
    private @Nullable Long touches;

    @Option(names = "--seed", paramLabel = "N", description = "Of the workload's order; 1 by default.")
    private @Nullable Long seed;

    @Option(names = "--log", paramLabel = "FILE", description = "Writes every operation as a line of JSON.")
    private @Nullable String log;

    @Option(
            names = "--costs",
            paramLabel = "FILE",
            description = "What operations cost where that differs from the program's table, for the modelled time.")
    private @Nullable String costs;

    @Option(
            names = "--memory-map",
            paramLabel = "FILE",
            description = "A kernel log with the host's memory map: BIOS-e820 lines, or efi: mem lines. For a VM's life and with --until exit-boot-services the guest's: efi: mem lines, or what memmap prints in a UEFI shell.")
    private @Nullable String memoryMap;

    @Option(
            names = "--descriptor-size",
            paramLabel = "BYTES",
            description = "The guest's memory map is what GetMemoryMap returned, with descriptors of this size.")
    private @Nullable Long descriptorSize;

    @Option(
            names = "--operations",
            paramLabel = "N",
            description = "With --until exit-boot-services: how many buffers drivers map; 5000 by default.")
    private @Nullable Long operations;

    @Option(
            names = "--pool",
            paramLabel = "on|off|both",
            description = "With --until exit-boot-services: whether firmware has its reserved shared pool; both, the default, plays it twice.")
    private @Nullable String pool;

    @Option(
            names = "--cpus",
            paramLabel = "N|FILE",
            description = "How many vCPUs the VM has, 1 by default; with --until bring-up the host's processors, as 'lscpu -a -p=CPU,Core,Socket,Node,Online' prints them.")
    private @Nullable String cpus;

    @Option(
            names = "--inject",
            paramLabel = "MISDEED|CALL:N[=STATUS]",
            description = "What the host does wrong once: punch, remap, replay, drop-flush. With --until bring-up: makes the N-th call of a leaf function fail, such as TDH.SYS.TDMR.INIT:3=TDX_SYS_BUSY.")
    private String injection = "";

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "With --until bring-up: what the host does where people disagree: flush, entropy, packages, unwind-flush, unwind-reset, erratum, module, holes.")
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
        try {
            return switch (until) {
                case Playing.BRING_UP -> bringUp();
                case FirmwareRequest.UNTIL -> boot();
                case END -> live();
                default -> throw wrong("unknown stage %s; allowed are %s, %s and %s".formatted(
                        Quoted.of(until), Playing.BRING_UP, FirmwareRequest.UNTIL, END));
            };
        } catch (TooLittleMemory limit) {
            surroundings.err().println("ringfence run: " + limit.getMessage());
            return ExitStatus.INCONCLUSIVE;
        } catch (IllegalArgumentException misfit) {
            throw wrong(String.valueOf(misfit.getMessage()));
        }
    }

    // ---- a host's bring-up

    private int bringUp() throws BadInput {
        if (!platform.equals(Playing.TDX)) {
            throw wrong("unknown platform %s; allowed with --until bring-up is %s".formatted(
                    Quoted.of(platform), Playing.TDX));
        }
        refuseFirmware("--until bring-up");
        refuse("--until bring-up", Stream.of("--memory", "--accept", "--pages", "--touch", "--touches", "--seed",
                "--log", "--costs"), Arrays.asList(memory, accept, pages, touch, touches, seed, log, costs));
        if (memoryMap == null || cpus == null) {
            throw wrong("--until bring-up needs --memory-map FILE and --cpus FILE");
        }
        Playing playing = new Playing(
                surroundings.workingDirectory(), surroundings.progress(), surroundings.interrupt());
        return show(playing.bringUp(memoryMap, cpus, injection, settings, timeout));
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

    // ---- a VM's life

    private int live() throws BadInput {
        Acceptance acceptance = accept == null
                ? Acceptance.LAZY
                : LifeNames.read("--accept", accept, Acceptance.class);
        LifeRequest.requirePlatform(platform, acceptance, accept != null);
        refuse("the life of a VM", Stream.of("--operations", "--pool", "--set"),
                Arrays.asList(operations, pool, settings.isEmpty() ? null : settings));
        Optional<BootMap> map = guestMap();
        if (memory == null && map.isEmpty()) {
            throw wrong("the life of a VM needs --memory SIZE, such as --memory 4g, or --memory-map FILE");
        }
        if (map.isPresent() && acceptance == Acceptance.BELOW_4G) {
            throw wrong("--accept below-4g makes no sense with --memory-map, which tells what firmware accepts");
        }
        if (touches != null && touches < 1) {
            throw wrong("--touches is %d; allowed is 1 or more".formatted(touches));
        }
        if (injection.contains(":")) {
            throw wrong("--inject is %s; allowed are %s, and calls of leaf functions with --until bring-up"
                    .formatted(Quoted.of(injection), LifeNames.all(Misdeed.class)));
        }
        LifeOptions sized = new LifeOptions(
                memory == null ? map.orElseThrow().bytes() : memory,
                cpus == null ? 1 : vcpus(cpus),
                acceptance,
                backing(),
                touch == null ? TouchOrder.RANDOM : LifeNames.read("--touch", touch, TouchOrder.class),
                touches == null ? 0 : touches,
                seed == null ? 1 : seed,
                injection.isEmpty()
                        ? Optional.empty()
                        : Optional.of(LifeNames.read("--inject", injection, Misdeed.class)));
        LifeOptions options = map.map(sized::with).orElse(sized);
        LifeRequest request = new LifeRequest(platform, options, log == null ? "" : log, costTable(), timeout);
        LifeRun run =
                request.play(surroundings.workingDirectory(), surroundings.progress(), surroundings.interrupt());
        int exit = ended(run.isGood(), run.stopped());
        LifeReport report =
                switch (format.get()) {
                    case TEXT -> new LifeText(surroundings.out(), surroundings.paint());
                    case JSON -> new LifeJson(surroundings.out(), Ringfence.Version.number());
                };
        report.show(platform, options, run, exit);
        return exit;
    }

    /** The guest's memory map, where a file is named. */
    private Optional<BootMap> guestMap() throws BadInput {
        if (memoryMap != null && memory != null) {
            throw wrong("--memory makes no sense with --memory-map, which tells of all memory");
        }
        if (memoryMap == null && descriptorSize != null) {
            throw wrong("--descriptor-size makes no sense without --memory-map FILE");
        }
        return memoryMap == null
                ? Optional.empty()
                : Optional.of(new HostFiles(surroundings.workingDirectory()).guestMap(
                        memoryMap,
                        descriptorSize == null ? OptionalLong.empty() : OptionalLong.of(descriptorSize)));
    }

    private CostTable costTable() throws BadInput {
        return costs == null
                ? CostTable.defaults()
                : new HostFiles(surroundings.workingDirectory()).costs(costs);
    }

    private static int vcpus(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException odd) {
            throw new IllegalArgumentException(
                    "--cpus is %s; allowed are 1 to %d".formatted(Quoted.of(text), LifeOptions.MOST_CPUS), odd);
        }
    }

    private BackingSize backing() {
        return switch (pages == null ? "2m" : pages.toLowerCase(Locale.ROOT)) {
            case "2m" -> BackingSize.LARGE;
            case "4k" -> BackingSize.SMALL;
            default -> throw wrong("--pages is %s; allowed are 2m and 4k".formatted(Quoted.of(String.valueOf(pages))));
        };
    }

    // ---- a boot of firmware

    private int boot() throws BadInput {
        refuse("--until exit-boot-services", Stream.of("--accept", "--pages", "--touch", "--touches", "--log", "--cpus",
                "--inject", "--set"),
                Arrays.asList(accept, pages, touch, touches, log, cpus,
                        injection.isEmpty() ? null : injection, settings.isEmpty() ? null : settings));
        FirmwareRequest request = new FirmwareRequest(
                platform,
                memoryMap,
                descriptorSize == null ? OptionalLong.empty() : OptionalLong.of(descriptorSize),
                memory,
                operations == null ? FirmwareRequest.OPERATIONS : operations,
                pool == null ? "both" : pool,
                seed == null ? 1 : seed,
                timeout);
        FirmwareRequest.Told told =
                request.play(surroundings.workingDirectory(), surroundings.progress(), surroundings.interrupt());
        int exit = ended(told.isGood(), told.runs().getLast().stopped());
        FirmwareReport report =
                switch (format.get()) {
                    case TEXT -> new FirmwareText(surroundings.out(), surroundings.paint());
                    case JSON -> new FirmwareJson(surroundings.out(), Ringfence.Version.number());
                };
        report.show(told, exit);
        return exit;
    }

    /** The exit status of a run that ended so, or was stopped in a stage. */
    private int ended(boolean isGood, Optional<String> stopped) {
        if (stopped.isEmpty()) {
            return isGood ? ExitStatus.MET : ExitStatus.UNMET;
        }
        surroundings.err().println("ringfence run: %s in the stage %s".formatted(
                surroundings.interrupt().isRequested() ? "interrupted" : "the limit on time was reached",
                stopped.get()));
        return ExitStatus.INCONCLUSIVE;
    }

    private void refuseFirmware(String what) {
        refuse(what, Stream.of("--descriptor-size", "--operations", "--pool"),
                Arrays.asList(descriptorSize, operations, pool));
    }

    private void refuse(String what, Stream<String> names, List<? extends @Nullable Object> given) {
        Iterator<? extends @Nullable Object> values = given.iterator();
        names.filter(name -> values.next() != null).findFirst().ifPresent(name -> {
            throw wrong("%s makes no sense for %s".formatted(name, what));
        });
    }
}
