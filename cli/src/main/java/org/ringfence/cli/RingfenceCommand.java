package org.ringfence.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.Problem;
import org.ringfence.cli.casefile.Reading;
import org.ringfence.cli.judge.CaseResult;
import org.ringfence.cli.own.OwnReader;
import org.ringfence.cli.own.OwnSoftware;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands have; picocli inherits the annotation. */
@Command(
        mixinStandardHelpOptions = true,
        versionProvider = Ringfence.Version.class,
        sortOptions = false,
        footer = ExitStatus.IN_HELP)
abstract class RingfenceCommand implements Callable<Integer> {
    final Surroundings surroundings;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--with",
            paramLabel = "PATH",
            description = "Software of your own: a jar, a folder of classes, a .java file or a folder of them. May be given several times.")
    private List<String> with = new ArrayList<>();

    private @Nullable OwnSoftware own;

    RingfenceCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** To throw where the command line asks for what cannot be; one sentence of what was wrong and what is allowed. */
    final ParameterException wrong(String sentence) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), sentence);
    }

    /** What the command line has behind the name of the command. */
    final List<String> arguments() {
        List<String> all = Objects.requireNonNull(spec).commandLine().getParseResult().originalArgs();
        return all.subList(all.indexOf(spec.name()) + 1, all.size());
    }

    /** What cases can name, with what --with brings. */
    final OwnSoftware software() throws BadInput {
        OwnSoftware known = own;
        if (known == null) {
            Registry registry = surroundings.registry().get();
            known = with.isEmpty()
                    ? OwnSoftware.none(registry)
                    : OwnReader.read(with, surroundings.workingDirectory(), registry);
            own = known;
        }
        return known;
    }

    /** What --with names, as a command line gives it; empty where it is not given. */
    final String withOption() {
        return with.stream().map(path -> " --with " + path).collect(Collectors.joining());
    }

    /** Whether --with is given. */
    final boolean hasOwn() {
        return !with.isEmpty();
    }

    /** What of the software that --with brings is to blame for what was thrown; empty where nothing is. */
    final Optional<Problem> toBlame(Throwable thrown) {
        return own == null ? Optional.empty() : own.toBlame(thrown);
    }

    /** Tells of a case that cannot be used; answers the exit status. */
    final int tell(Reading.Refused refused) {
        surroundings.err().println(refused.problem());
        return ExitStatus.BAD_INPUT;
    }

    /** Tells of a case that Ringfence failed to read; answers the exit status. */
    final int tell(Reading.Broken broken) {
        Optional<Problem> blamed = toBlame(broken.thrown());
        if (blamed.isPresent()) {
            return tell(new Reading.Refused(broken.name(), broken.file(), blamed.get()));
        }
        return Ringfence.defect(surroundings, new CaseResult.Broken(broken.file() + ": ", broken.thrown()));
    }

    /** Refuses an option that counts something and is not positive. */
    final void requirePositive(String option, long given) {
        if (given < 1) {
            throw wrong("%s is %d; allowed is a whole number from 1".formatted(option, given));
        }
    }
}
