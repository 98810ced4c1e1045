package org.ringfence.cli.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.Problem;
import org.ringfence.cli.casefile.Quoted;
import org.ringfence.cli.judge.Interrupt;
import org.ringfence.cli.judge.ProgressLine;
import org.ringfence.platform.life.Acceptance;
import org.ringfence.platform.life.LifeLog;
import org.ringfence.platform.life.LifeOptions;
import org.ringfence.platform.life.LifeRun;
import org.ringfence.platform.life.Lives;

/**
 * Plays the life that a command line asks for.
 *
 * @param log the file for the log of events; empty for none
 */
public record LifeRequest(String platform, LifeOptions options, String log, Duration timeout) {
    private static final Set<String> UNACCEPTING = Set.of("sev", "pkvm", "s390");

    /**
     * Refuses a platform of which no life can be played, or one whose guests accept nothing.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public static void requirePlatform(String platform, Acceptance acceptance, boolean named) {
        if (named && acceptance != Acceptance.EAGER && UNACCEPTING.contains(platform)) {
            throw new IllegalArgumentException(
                    "--accept %s makes no sense on %s: its guests accept no memory; allowed is it on snp and tdx"
                            .formatted(LifeNames.printed(acceptance), platform));
        }
        if (!Lives.platforms().contains(platform)) {
            throw new IllegalArgumentException("unknown platform %s; allowed for a VM's life are %s"
                    .formatted(Quoted.of(platform), String.join(", ", Lives.platforms())));
        }
    }

    /** Plays it. */
    public LifeRun play(Path workingDirectory, ProgressLine progress, Interrupt interrupt) throws BadInput {
        long begun = System.nanoTime();
        try (ProgressLine.Telling telling = progress.tell(platform + " life");
                EventLog events = log.isEmpty() ? null : open(workingDirectory)) {
            return Lives.play(platform, options, how -> {
                telling.show(how);
                return !interrupt.isRequested() && System.nanoTime() - begun <= timeout.toNanos();
            }, Optional.<LifeLog>ofNullable(events));
        } catch (IOException full) {
            throw unwritable(full);
        } catch (UncheckedIOException full) {
            throw unwritable(Objects.requireNonNull(full.getCause()));
        }
    }

    private EventLog open(Path workingDirectory) throws BadInput {
        try {
            return new EventLog(workingDirectory.resolve(log));
        } catch (InvalidPathException odd) {
            throw new BadInput(new Problem(Quoted.plain(log), null, "is no file's name; allowed is a file to write"));
        } catch (IOException refused) {
            throw unwritable(refused);
        }
    }

    private BadInput unwritable(Exception refused) {
        return new BadInput(new Problem(log, null,
                "cannot be written: " + Quoted.plain(String.valueOf(refused.getMessage()))));
    }
}
