package org.ringfence.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.ringfence.cli.casefile.Reading;
import org.ringfence.cli.judge.CaseResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
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

    RingfenceCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** To throw where the command line asks for what cannot be; one sentence of what was wrong and what is allowed. */
    final ParameterException wrong(String sentence) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), sentence);
    }

    /** Tells of a case that cannot be used; answers the exit status. */
    final int tell(Reading.Refused refused) {
        surroundings.err().println(refused.problem());
        return ExitStatus.BAD_INPUT;
    }

    /** Tells of a case that Ringfence failed to read; answers the exit status. */
    final int tell(Reading.Broken broken) {
        return Ringfence.defect(surroundings, new CaseResult.Broken(broken.file() + ": ", broken.thrown()));
    }

    /** Refuses an option that counts something and is not positive. */
    final void requirePositive(String option, long given) {
        if (given < 1) {
            throw wrong("%s is %d; allowed is a whole number from 1".formatted(option, given));
        }
    }
}
