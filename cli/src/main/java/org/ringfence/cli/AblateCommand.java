package org.ringfence.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.explore.Limits;
import org.ringfence.checker.random.Found;
import org.ringfence.cli.ablate.Ablation;
import org.ringfence.cli.ablate.AblationReport;
import org.ringfence.cli.ablate.Needed;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.CaseFile;
import org.ringfence.cli.casefile.CaseReader;
import org.ringfence.cli.casefile.Catalogue;
import org.ringfence.cli.own.OwnSoftware;
import org.ringfence.machine.operation.Guard;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells what each check of a platform is for. */
@Command(
        name = "ablate",
        description = "Switches off each check of a platform in turn, and lists the random sequence or the case of the catalogue that "
                + "breaks without it.",
        footer = "%nExit status: 0 each check breaks something or has a reason; 1 one does neither; 2 bad usage or input; "
                + "3 a limit or an interrupt came first; 70 a defect of Ringfence.%n")
final class AblateCommand extends RingfenceCommand {
    private static final long OPERATIONS = 1_000_000;

    @Mixin
    private final RandomOptions random = new RandomOptions();

    @Option(
            names = "--guard",
            paramLabel = "GUARD",
            split = ",",
            description = "Only this check, or these; every one when none is named.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--operations",
            paramLabel = "N",
            description = "How many random operations are tried without a check on each platform that has it, and ten times as many where nobody says "
                    + "why it should be needed; 1000000 by default.")
    private long operations = OPERATIONS;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = TimeSpan.class,
            description = "The limit on time of all of it, for example 5m; 1h by default.")
    private Duration timeout = Duration.ofHours(1);

    @Mixin
    private final FormatOption format = new FormatOption();

    @Option(
            names = "--thorough",
            description = "Tries every case of the catalogue for a check with a reason too, and not only those that name it.")
    private boolean thorough;

    AblateCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws BadInput {
        long begun = System.nanoTime();
        requirePositive("--operations", operations);
        OwnSoftware software = software();
        Registry registry = software.registry();
        Platform platform = random.platform(registry, this::wrong);
        List<Guard> guards = names.isEmpty() ? platform.guards() : RandomOptions.guards(platform, names, this::wrong);
        Ablation ablation = new Ablation(
                registry,
                cases(registry),
                operations,
                random.seed(),
                begun + timeout.toNanos(),
                thorough,
                Limits.standard().threads(),
                surroundings.interrupt());
        Found broken = ablation.baseline(guards).orElse(null);
        if (broken != null) {
            surroundings.err().println(
                    "%s: %s breaks with every check on; 'ringfence random%s --platform %s --operations %d --seed %d' tells how"
                            .formatted(broken.platform(), AblationReport.broken(broken), withOption(),
                                    broken.platform(), operations,
                                    random.seed()));
            return ExitStatus.UNMET;
        }
        AblationReport report = new AblationReport(platform.name(), surroundings.out());
        List<Needed> rows = ablation.run(guards, row -> {
            surroundings.err().println("%s: %s".formatted(row.guard().printed(), AblationReport.inBrief(row)));
            surroundings.err().flush();
        });
        int exit = exit(rows, guards.size());
        if (format.get() == OutputFormat.JSON) {
            report.json(rows, Ringfence.Version.number(), exit);
        } else {
            report.text(rows);
        }
        return exit;
    }

    private static int exit(List<Needed> rows, int guards) {
        if (rows.stream().anyMatch(row -> row instanceof Needed.Nowhere nowhere && nowhere.all())) {
            return ExitStatus.UNMET;
        }
        boolean complete = rows.size() == guards && rows.stream().allMatch(Needed::isExplained);
        return complete ? ExitStatus.MET : ExitStatus.INCONCLUSIVE;
    }

    private List<CaseFile> cases(Registry registry) throws BadInput {
        List<CaseFile> files = new ArrayList<>();
        for (Catalogue.Named named : surroundings.catalogue().all()) {
            if (surroundings.interrupt().isRequested()) {
                break;
            }
            files.add(CaseReader.read(registry, named.path(), named.file(), named.name()));
        }
        return files;
    }
}
