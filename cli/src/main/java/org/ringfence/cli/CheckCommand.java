package org.ringfence.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.check.Keeping;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.Settings;
import org.ringfence.checker.check.ThreatModel;
import org.ringfence.checker.explore.Limits;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.CaseFile;
import org.ringfence.cli.casefile.Problem;
import org.ringfence.cli.casefile.Quoted;
import org.ringfence.cli.casefile.Reading;
import org.ringfence.cli.judge.CaseJudge;
import org.ringfence.cli.judge.CaseResult;
import org.ringfence.cli.judge.Judgement;
import org.ringfence.cli.judge.Selection;
import org.ringfence.cli.own.OwnSoftware;
import org.ringfence.cli.report.Costs;
import org.ringfence.cli.report.JsonReport;
import org.ringfence.cli.report.Report;
import org.ringfence.cli.report.TextReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks cases and reports. */
@Command(
        name = "check",
        description = "Tries every behaviour that an untrusted principal could show, and compares with what the cases expect.")
final class CheckCommand extends RingfenceCommand {
    private static final int MOST_THREADS = 1024;

    @Parameters(
            paramLabel = "CASE|GLOB|FILE",
            description = "A case such as acceptance/reaccept-fatal, a glob such as 'acceptance/*', or a YAML file; every "
                    + "case when none is named. All about the one case when one is named.")
    private List<String> cases = new ArrayList<>();

    @Option(
            names = "--platform",
            paramLabel = "NAME",
            split = ",",
            description = "Only expectations on this platform, or on these.")
    private List<String> platforms = new ArrayList<>();

    @Option(
            names = "--threat",
            paramLabel = "MODEL",
            split = ",",
            description = "Only expectations under this threat model, or under these.")
    private List<String> threats = new ArrayList<>();

    @Mixin
    private final FormatOption format = new FormatOption();

    @Option(names = "--matrix",
            description = "A table of verdicts instead of a line a case; with a violation, of how many steps its shortest "
                    + "attack is. Of one case, what it costs besides.")
    private boolean matrix;

    @Option(names = "--trace", description = "All about every expectation, with a trace of every violation.")
    private boolean trace;

    @Option(names = "--states", paramLabel = "N", description = "The limit on distinct states of one search.")
    private @Nullable Long states;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = MemorySize.class,
            description = "The limit on memory of one search, its tables and the Java heap together, for example 4g.")
    private @Nullable Long memory;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = TimeSpan.class,
            description = "The limit on time of one search, learning and traces included, for example 30s or 5m.")
    private @Nullable Duration timeout;

    @Option(names = "--threads", paramLabel = "N", description = "How many threads search; all processors by default.")
    private @Nullable Integer threads;

    @Option(
            names = "--no-symmetry",
            description = "Tell states apart that differ by the names of interchangeable frames only.")
    private boolean noSymmetry;

    @Option(
            names = "--checkpoint",
            paramLabel = "DIR",
            description = "Keep every search in this folder while it goes on, so that --resume DIR goes on with it after "
                    + "whatever has ended it.")
    private @Nullable Path checkpoint;

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description = "Go on with the searches that --checkpoint keeps there; of the same cases, with the same "
                    + "options, where no case is named.")
    private @Nullable Path resume;

    CheckCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws BadInput {
        if (checkpoint != null && resume != null) {
            throw wrong("--checkpoint begins a search and --resume goes on with one; allowed is one of them");
        }
        if (resume != null && cases.isEmpty()) {
            return Kept.in(surroundings.workingDirectory().resolve(resume)).again(new CheckCommand(surroundings),
                    arguments());
        }
        long begun = System.nanoTime();
        if (matrix && (trace || format.get() == OutputFormat.JSON)) {
            throw wrong("--matrix goes with neither --trace nor --format json");
        }
        Settings settings = settings();
        OwnSoftware software = software();
        Registry registry = software.registry();
        Selection selection = selection(registry);
        List<Reading> readings = Reading.all(registry, surroundings.catalogue(), cases, surroundings::goesOn);
        CaseJudge judge =
                new CaseJudge(registry, settings, selection, surroundings.interrupt(), surroundings.progress());
        List<Reading> concerned = readings.stream()
                .filter(reading -> !(reading instanceof Reading.Read(CaseFile file)) || judge.concerns(file))
                .toList();
        if (concerned.isEmpty() && surroundings.goesOn()) {
            throw wrong("no expectation is on the platforms and under the threat models asked for");
        }
        if (checkpoint != null) {
            Kept.in(surroundings.workingDirectory().resolve(checkpoint)).keep(arguments());
        }
        int unread = tellOfUnread(concerned);
        if (unread != ExitStatus.MET && format.get() != OutputFormat.JSON
                && concerned.stream().noneMatch(Reading.Read.class::isInstance)) {
            return unread;
        }
        Report report = report(concerned, new Costs(registry, settings));
        List<CaseResult> results = new ArrayList<>();
        try {
            for (Reading reading : concerned) {
                if (surroundings.interrupt().isRequested()) {
                    break;
                }
                CaseResult result = result(judge, software, reading);
                results.add(result);
                report.finished(result);
                // Nobody reads on: `| head` has what it wanted.
                if (surroundings.out().checkError()) {
                    surroundings.interrupt().request();
                }
            }
        } catch (RuntimeException | Error thrown) {
            // What was found is told even so.
            end(report, results, concerned, begun, ExitStatus.DEFECT);
            throw thrown;
        }
        int exit = exit(results, concerned.size());
        end(report, results, concerned, begun, exit);
        return exit;
    }

    private void end(Report report, List<CaseResult> results, List<Reading> concerned, long begun, int exit) {
        report.end(new Report.Run(
                results,
                concerned.size(),
                surroundings.interrupt().isRequested(),
                (System.nanoTime() - begun) / 1e9,
                exit));
    }

    /** Tells of every file that cannot be used before anything is searched, so that all are mended in one go. */
    private int tellOfUnread(List<Reading> readings) {
        int status = ExitStatus.MET;
        for (Reading reading : readings) {
            switch (reading) {
                case Reading.Read read -> {}
                case Reading.Refused refused -> status = Math.max(status, tell(refused));
                case Reading.Broken broken -> status = Math.max(status, tell(broken));
            }
        }
        return status;
    }

    private CaseResult result(CaseJudge judge, OwnSoftware software, Reading reading) {
        return switch (reading) {
            case Reading.Refused(String name, String file, Problem problem) ->
                CaseResult.unread(name, file, problem, null);
            case Reading.Broken(String name, String file, Throwable thrown) -> {
                Problem blamed = software.toBlame(thrown).orElse(null);
                yield CaseResult.unread(
                        name, file, blamed, blamed == null ? new CaseResult.Broken(file + ": ", thrown) : null);
            }
            case Reading.Read(CaseFile file) -> {
                CaseResult result = software.told(judge.judge(file));
                if (result.problem() != null) {
                    surroundings.err().println(result.problem());
                }
                CaseResult.Broken broken = result.broken();
                if (broken != null) {
                    Ringfence.defect(surroundings, broken);
                }
                yield result;
            }
        };
    }

    private Settings settings() {
        if (states != null) {
            requirePositive("--states", states);
        }
        if (threads != null && (threads < 1 || threads > MOST_THREADS)) {
            throw wrong("--threads is %d; allowed is a whole number from 1 to %d".formatted(threads, MOST_THREADS));
        }
        Settings standard = Settings.standard();
        Limits limits = standard.limits();
        return new Settings(
                new Limits(
                        Objects.requireNonNullElse(states, limits.states()),
                        Objects.requireNonNullElse(memory, limits.bytes()),
                        Objects.requireNonNullElse(timeout, limits.time()),
                        Objects.requireNonNullElse(threads, limits.threads())),
                standard.budget(),
                !noSymmetry,
                keeping());
    }

    private @Nullable Keeping keeping() {
        Path folder = resume == null ? checkpoint : resume;
        return folder == null
                ? null
                : new Keeping(
                        surroundings.workingDirectory().resolve(folder), resume != null, Ringfence.Version.number());
    }

    private Selection selection(Registry registry) {
        List<String> known = registry.platforms().stream().map(Platform::name).toList();
        for (String platform : platforms) {
            if (!known.contains(platform)) {
                throw wrong("unknown platform %s; allowed are %s"
                        .formatted(Quoted.of(platform), String.join(", ", known)));
            }
        }
        Set<ThreatModel> models = new LinkedHashSet<>();
        for (String threat : threats) {
            try {
                models.add(ThreatModel.parse(threat));
            } catch (IllegalArgumentException unknown) {
                throw wrong(String.valueOf(unknown.getMessage()));
            }
        }
        return new Selection(new LinkedHashSet<>(platforms), models);
    }

    private Report report(List<Reading> readings, Costs costs) {
        if (format.get() == OutputFormat.JSON) {
            return JsonReport.begin(surroundings.out(), Ringfence.Version.number());
        }
        TextReport.Style style = TextReport.Style.LINES;
        if (matrix) {
            style = TextReport.Style.MATRIX;
        } else if (trace || (!cases.isEmpty() && readings.size() == 1)) {
            style = TextReport.Style.EVERYTHING;
        }
        int width = readings.stream().mapToInt(reading -> reading.name().length()).max().orElse(0);
        return new TextReport(
                surroundings.out(), surroundings.paint(), width, style,
                readings.size() == 1 ? costs::lines : result -> List.of());
    }

    private int exit(List<CaseResult> results, int cases) {
        if (results.stream().anyMatch(result -> result.broken() != null)) {
            return ExitStatus.DEFECT;
        }
        if (results.stream().anyMatch(result -> result.problem() != null)) {
            return ExitStatus.BAD_INPUT;
        }
        if (results.stream().anyMatch(result -> result.count(Judgement.UNMET) > 0)) {
            return ExitStatus.UNMET;
        }
        boolean open = results.stream().anyMatch(result -> result.count(Judgement.OPEN) > 0);
        return open || results.size() < cases || surroundings.interrupt().isRequested()
                ? ExitStatus.INCONCLUSIVE
                : ExitStatus.MET;
    }
}
