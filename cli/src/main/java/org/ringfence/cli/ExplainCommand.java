package org.ringfence.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.ThreatModel;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.CaseFile;
import org.ringfence.cli.casefile.Catalogue;
import org.ringfence.cli.casefile.Problem;
import org.ringfence.cli.casefile.Reading;
import org.ringfence.cli.own.OwnSoftware;
import org.ringfence.cli.report.Explanation;
import org.ringfence.cli.report.LaunchExplanation;
import org.ringfence.cli.report.PlatformExplanation;
import org.ringfence.cli.report.RoutineExplanation;
import org.ringfence.cli.report.TableExplanation;
import org.ringfence.cli.run.HostFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Tells what a case is about. */
@Command(
        name = "explain",
        description = "Tells what a case asks, of which machine and software, with which options, and what must come out; or how an IGVM file is launched; or what a dumped table of unaccepted memory says; or what software can do on a platform; or what options a routine has; or what a threat model assumes.",
        footer = "%nExit status: 0 done; 2 bad usage or input; "
                + "3 a limit or an interrupt came first; 70 a defect of Ringfence.%n")
final class ExplainCommand extends RingfenceCommand {
    @Parameters(
            arity = "1..*",
            paramLabel = "CASE",
            description = "A case such as acceptance/reaccept-fatal, a glob, a YAML file, a file whose name ends with .igvm or .unaccepted, a platform such as tdx, a routine such as linux-accept, or a threat model such as malicious-device.")
    private List<String> subjects = new ArrayList<>();

    ExplainCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws BadInput {
        OwnSoftware software = software();
        List<String> files = subjects.stream().filter(ExplainCommand::isFile).toList();
        Registry registry = software.registry();
        List<String> cases = subjects.stream()
                .filter(subject -> !isFile(subject) && registry.platform(subject).isEmpty())
                .filter(subject -> registry.routine(subject).isEmpty() || isCase(subject))
                .filter(subject -> ThreatModel.find(subject).isEmpty())
                .toList();
        boolean first = true;
        for (String subject : subjects) {
            Optional<ThreatModel> threat = named(subject);
            if (threat.isPresent()) {
                between(first);
                first = false;
                explain(threat.get());
            }
            Optional<Platform> platform = registry.platform(subject);
            if (platform.isPresent()) {
                between(first);
                first = false;
                new PlatformExplanation(platform.get(), registry, surroundings.paint()).print(surroundings.out());
            }
            Optional<Registry.Entry> routine = registry.routine(subject);
            if (routine.isPresent()) {
                between(first);
                first = false;
                new RoutineExplanation(routine.get(), surroundings.paint()).print(surroundings.out());
            }
        }
        int status = ExitStatus.MET;
        for (String file : files) {
            try {
                Consumer<PrintStream> explanation = explanation(file);
                between(first);
                first = false;
                explanation.accept(surroundings.out());
            } catch (BadInput bad) {
                status = Math.max(status, tell(new Reading.Refused(file, file, bad.problem())));
            } catch (RuntimeException | AssertionError thrown) {
                status = Math.max(status, tell(new Reading.Broken(file, file, thrown)));
            }
        }
        for (Reading reading : cases.isEmpty()
                ? List.<Reading>of()
                : Reading.all(registry, surroundings.catalogue(), cases, surroundings::goesOn)) {
            switch (reading) {
                case Reading.Read(CaseFile file) -> {
                    between(first);
                    first = false;
                    new Explanation(file, software, surroundings.paint()).print(surroundings.out());
                }
                case Reading.Refused refused -> status = Math.max(status, tell(withOthers(refused, registry)));
                case Reading.Broken broken -> status = Math.max(status, tell(broken));
            }
        }
        return status;
    }

    /** The same refusal; of a name that nothing has it also says what else could be named. */
    private static Reading.Refused withOthers(Reading.Refused refused, Registry registry) {
        Problem problem = refused.problem();
        if (!problem.sentence().startsWith(Catalogue.UNKNOWN)) {
            return refused;
        }
        String sentence = "%s; 'ringfence list --routines' names all routines; platforms are %s; threat models are %s"
                .formatted(
                        problem.sentence(),
                        registry.platforms().stream().map(Platform::name).collect(Collectors.joining(", ")),
                        String.join(", ", ThreatModel.names()));
        return new Reading.Refused(
                refused.name(), refused.file(), new Problem(problem.file(), problem.at(), sentence));
    }

    private Consumer<PrintStream> explanation(String file) throws BadInput {
        HostFiles read = new HostFiles(surroundings.workingDirectory());
        return isImage(file)
                ? new LaunchExplanation(file, read.igvm(file))::print
                : new TableExplanation(file, read.unaccepted(file))::print;
    }

    /** Whether the catalogue has a case of this name; it may be missing where no case is asked for. */
    private boolean isCase(String name) {
        try {
            return surroundings.catalogue().all().stream().anyMatch(named -> named.name().equals(name));
        } catch (BadInput noCatalogue) {
            return false;
        }
    }

    private static Optional<ThreatModel> named(String subject) {
        return isFile(subject) ? Optional.empty() : ThreatModel.find(subject);
    }

    private void explain(ThreatModel threat) {
        for (ThreatModel.Row row : threat.rows()) {
            surroundings.out().println(surroundings.paint().strong(row.name()));
            surroundings.out().println("  " + row.assumes());
        }
    }

    private static boolean isFile(String subject) {
        return isImage(subject) || subject.endsWith(".unaccepted");
    }

    private static boolean isImage(String subject) {
        return subject.endsWith(".igvm");
    }

    private void between(boolean first) {
        if (!first) {
            surroundings.out().println();
        }
    }
}
