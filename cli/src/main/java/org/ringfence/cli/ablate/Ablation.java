package org.ringfence.cli.ablate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.ringfence.checker.check.Case;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.Settings;
import org.ringfence.checker.explore.Limits;
import org.ringfence.checker.random.Found;
import org.ringfence.checker.random.RandomRun;
import org.ringfence.cli.casefile.CaseFile;
import org.ringfence.cli.judge.CaseJudge;
import org.ringfence.cli.judge.CaseResult;
import org.ringfence.cli.judge.Interrupt;
import org.ringfence.cli.judge.Judged;
import org.ringfence.cli.judge.Judgement;
import org.ringfence.cli.judge.ProgressLine;
import org.ringfence.cli.judge.Selection;
import org.ringfence.cli.report.Words;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Guards;

/**
 * Asks of each check of a platform what it is for: switches it off, and looks for a random sequence that breaks an
 * invariant, which is found in seconds or not at all; and else for a case of the catalogue that comes out otherwise:
 * those that name the check, which must come out otherwise when it is back on; then, after a longer search for a
 * sequence, the others, small machines first. Several platforms may be machines of one protection: all those are played
 * that know the check. The other cases are tried for a check whose author gives a reason for it only where that is
 * asked for, since they are many.
 *
 * @param operations of each random run; {@value #MORE} times as many where nothing breaks and nobody says why
 * @param deadline when all of it ends, as {@link System#nanoTime} tells time
 * @param thorough whether all cases are tried for checks with a reason too
 */
public record Ablation(
        Registry registry,
        List<CaseFile> cases,
        long operations,
        long seed,
        long deadline,
        boolean thorough,
        int threads,
        Interrupt interrupt) {
    private static final long STATES = 300_000;

    /** So many times as many operations are tried where nothing breaks and nobody says why. */
    private static final int MORE = 10;

    public Ablation {
        cases = cases.stream()
                .sorted(Comparator.comparingLong(file -> size(file.subject().machine())))
                .toList();
    }

    private static long size(MachineSpec machine) {
        return (long) machine.pages() * machine.frames() * machine.smallPerLarge();
    }

    private List<Platform> knowing(Guard guard) {
        return registry.platforms().stream().filter(platform -> platform.guards().contains(guard)).toList();
    }

    /** What breaks with every check on: then nothing can be said of any of {@code guards}. */
    public Optional<Found> baseline(List<Guard> guards) {
        return sequence(guards.stream().flatMap(guard -> knowing(guard).stream()).distinct().toList(), Guards.allOn(),
                operations);
    }

    private Optional<Found> sequence(List<Platform> platforms, Guards guards, long most) {
        return platforms.stream()
                .filter(platform -> !platform.scenes().isEmpty())
                .map(platform -> RandomRun.run(platform, guards, most, seed, done -> !isOver()))
                .flatMap(outcome -> Optional.ofNullable(outcome.found()).stream())
                .findFirst();
    }

    /** One row for each of {@code guards}; {@code told} is told of each as it comes. */
    public List<Needed> run(List<Guard> guards, Consumer<Needed> told) {
        List<Needed> rows = new ArrayList<>();
        for (Guard guard : guards) {
            if (isOver()) {
                break;
            }
            Needed row = one(guard);
            rows.add(row);
            told.accept(row);
        }
        return rows;
    }

    private boolean isOver() {
        return interrupt.isRequested() || System.nanoTime() - deadline > 0;
    }

    private Needed one(Guard guard) {
        Optional<Found> found = sequence(knowing(guard), Guards.without(guard), operations);
        if (found.isPresent()) {
            return new Needed.BySequence(guard, found.get());
        }
        if (isOver()) {
            return new Needed.Nowhere(guard, false);
        }
        Optional<Needed> byCase = byCase(guard, true);
        if (byCase.isPresent()) {
            return byCase.get();
        }
        if (guard.unneeded().isEmpty()) {
            found = sequence(knowing(guard), Guards.without(guard), MORE * operations);
        }
        if (found.isPresent()) {
            return new Needed.BySequence(guard, found.get());
        }
        if (isOver()) {
            return new Needed.Nowhere(guard, false);
        }
        boolean all = thorough || guard.unneeded().isEmpty();
        return (all ? byCase(guard, false) : Optional.<Needed>empty()).orElseGet(() -> guard.unneeded().isEmpty()
                ? new Needed.Nowhere(guard, true)
                : new Needed.ByWord(guard, guard.unneeded()));
    }

    /**
     * The first case that comes out otherwise, of those that name the check or of the others; {@link Needed.Nowhere}
     * when the time is over first.
     */
    private Optional<Needed> byCase(Guard guard, boolean naming) {
        for (CaseFile file : cases) {
            for (Platform platform : knowing(guard)) {
                Guards off = file.subject().guards(platform.name());
                if (!file.subject().options().containsKey(platform.name()) || off.checks(guard) == naming) {
                    continue;
                }
                if (isOver()) {
                    return Optional.of(new Needed.Nowhere(guard, false));
                }
                Optional<String> otherwise = otherwise(file, platform, toggled(off, guard));
                if (otherwise.isPresent()) {
                    return Optional.of(new Needed.ByCase(guard, file.name(), otherwise.get()));
                }
            }
        }
        return Optional.empty();
    }

    private static Guards toggled(Guards off, Guard guard) {
        List<Guard> others = new ArrayList<>(off.off());
        if (!others.remove(guard)) {
            others.add(guard);
        }
        return new Guards(others);
    }

    /** The first expectation of a case that does not come out with these checks off. */
    private Optional<String> otherwise(CaseFile file, Platform platform, Guards off) {
        Case changed = file.subject().with(platform.name(), off);
        Limits limits = Limits.standard();
        Settings settings = new Settings(
                new Limits(STATES, limits.bytes(), left(), threads), Settings.standard().budget(), true);
        CaseResult result = new CaseJudge(
                registry,
                settings,
                new Selection(Set.of(platform.name()), Set.of()),
                interrupt,
                ProgressLine.silent())
                .judge(new CaseFile(changed, file.file(), file.note(), file.software(), file.places()));
        CaseResult.Broken broken = result.broken();
        if (broken != null) {
            return Optional.of("an operation fails: " + broken.sentence());
        }
        return result.judged()
                .filter(judged -> judged.judgement() == Judgement.UNMET)
                .findFirst()
                .map(Ablation::describe);
    }

    private Duration left() {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    private static String describe(Judged judged) {
        return "not %s under %s".formatted(Words.expectation(judged.expectation()), judged.expectation().threat());
    }
}
