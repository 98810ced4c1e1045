package org.ringfence.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.Quoted;
import org.ringfence.cli.judge.ProgressLine;
import org.ringfence.cli.run.HostFiles;
import org.ringfence.cli.run.PlanJson;
import org.ringfence.cli.run.PlanReport;
import org.ringfence.cli.run.PlanRequest;
import org.ringfence.cli.run.PlanText;
import org.ringfence.platform.cost.CostTable;
import org.ringfence.platform.life.BackingSize;
import org.ringfence.platform.plan.Plan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares when a VM's memory may be accepted, by what operations cost. */
@Command(
        name = "plan",
        description = "Compares policies of acceptance for a VM: time to the first user process, time to accept all, memory overhead. Times are modelled, from a table of costs.",
        footer = "%nExit status: 0 done; 2 bad usage or input; 3 an interrupt came first; 70 a defect of Ringfence.%n")
final class PlanCommand extends RingfenceCommand {
    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            required = true,
            converter = MemorySize.class,
            description = "The VM's memory, for example 4g or 1TiB.")
    private long memory;

    @Option(
            names = "--platform",
            paramLabel = "NAMES",
            description = "The protections, separated by commas: snp,tdx, the default.")
    private String platforms = "snp,tdx";

    @Option(names = "--cpus", paramLabel = "N", description = "How many vCPUs the VM has; 1 by default.")
    private int cpus = 1;

    @Option(
            names = "--pages",
            paramLabel = "SIZE",
            description = "In which pages the host maps private memory: 2m, the default, or 4k.")
    private String pages = "2m";

    @Option(
            names = "--costs",
            paramLabel = "FILE",
            description = "What operations cost where that differs from the program's table.")
    private @Nullable String costs;

    @Mixin
    private final FormatOption format = new FormatOption();

    PlanCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws BadInput {
        if (hasOwn()) {
            software();
        }
        try {
            PlanRequest request = new PlanRequest(memory, cpus, Arrays.asList(platforms.split(",", -1)), backing());
            CostTable table = costs == null
                    ? CostTable.defaults()
                    : new HostFiles(surroundings.workingDirectory()).costs(costs);
            Optional<Plan> plan = plan(request, table);
            if (plan.isEmpty()) {
                surroundings.err().println("ringfence plan: interrupted");
                return ExitStatus.INCONCLUSIVE;
            }
            report().show(request, table, plan.get());
            return ExitStatus.MET;
        } catch (IllegalArgumentException misfit) {
            throw wrong(String.valueOf(misfit.getMessage()));
        }
    }

    private Optional<Plan> plan(PlanRequest request, CostTable table) {
        try (ProgressLine.Telling telling = surroundings.progress().tell("plan")) {
            return Plan.of(request.memory(), request.cpus(), request.platforms(), request.backing(), table, how -> {
                telling.show(how);
                return !surroundings.interrupt().isRequested();
            });
        }
    }

    private PlanReport report() {
        return switch (format.get()) {
            case TEXT -> new PlanText(surroundings.out(), surroundings.paint());
            case JSON -> new PlanJson(surroundings.out(), Ringfence.Version.number());
        };
    }

    private BackingSize backing() {
        return switch (pages.toLowerCase(Locale.ROOT)) {
            case "2m" -> BackingSize.LARGE;
            case "4k" -> BackingSize.SMALL;
            default -> throw wrong("--pages is %s; allowed are 2m and 4k".formatted(Quoted.of(pages)));
        };
    }
}
