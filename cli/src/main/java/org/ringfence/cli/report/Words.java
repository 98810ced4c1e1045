package org.ringfence.cli.report;

import java.util.Locale;
import org.ringfence.checker.check.Expectation;
import org.ringfence.checker.check.Finding;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.explore.Exploration;
import org.ringfence.machine.operation.Property;

/** Results in words. Numbers look the same wherever the program runs. */
public final class Words {
    private Words() {}

    @SuppressWarnings("AnnotateFormatMethod") // its annotation would be a dependency more
    static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }

    static String seconds(double seconds) {
        return format("%.1f s", seconds);
    }

    static String count(long number, String one) {
        return format("%,d %s%s", number, one, number == 1 ? "" : "s");
    }

    /** A machine's size. */
    static String machine(MachineSpec machine) {
        return "%s, %s, %s".formatted(
                count(machine.pages(), "page"),
                count(machine.frames(), "frame"),
                machine.smallPerLarge() == 1
                        ? "no large pages"
                        : machine.smallPerLarge() + " small pages to a large one");
    }

    /** An expectation without where it holds. */
    public static String expectation(Expectation expectation) {
        return switch (expectation) {
            case Expectation.OfProperty(var threat, var platform, Property property, var outcome) ->
                property.printed() + " " + outcome.printed();
            case Expectation.Reaches(var threat, var platform, String operation, String result, boolean never) ->
                (never ? "never reaches " : "reaches ") + operation
                        + (result.isEmpty() ? "" : " with '" + result + "'");
        };
    }

    /** What a verdict of safe rests on: its bounds and all that was explored within them. */
    static String evidence(Finding finding) {
        Exploration found = finding.exploration();
        boolean all = found.stop() == Exploration.Stop.EXHAUSTED;
        return format(
                "within %s: %s%s%s, %s, depth %d, %s; reached %s and %s of the software%s",
                finding.bounds(),
                all ? "all " : "",
                count(found.states(), "state"),
                found.searched() == found.states()
                        ? ""
                        : format(" (%,d searched, one of those that differ by names of pages)", found.searched()),
                count(found.transitions(), "transition"),
                found.depth(),
                exactness(found),
                of(finding.points(), "point"),
                of(finding.edges(), "edge"),
                all ? "" : "; ended by " + stop(found.stop()));
    }

    /** Whether two states can have been taken for one. */
    static String exactness(Exploration found) {
        return found.exact()
                ? "exact"
                : format("two states taken for one with a probability of at most %.1e", found.collisionProbability());
    }

    static String reached(Finding.Reached reached) {
        return reached.reached() + "/" + reached.all();
    }

    private static String of(Finding.Reached reached, String one) {
        return format("%,d of %s", reached.reached(), count(reached.all(), one));
    }

    /** Why a search ended. */
    static String stop(Exploration.Stop stop) {
        return switch (stop) {
            case EXHAUSTED -> "having explored every reachable state";
            case ENOUGH -> "having found every violation that was expected";
            case STATES, MEMORY, TIME, INTERRUPTED, CHECKPOINT -> stop.inWords();
        };
    }

    /** What it means that a property is broken. */
    static String broken(Property property) {
        return switch (property) {
            case CONFIDENTIALITY -> "an untrusted principal has observed a secret";
            case INTEGRITY -> "a private read returned what nobody put at that page";
            case FRESHNESS -> "a private read returned something else than the latest value put at that page";
            case INJECTIVITY -> "two frames are valid for one page, or one frame for two";
            case AVAILABILITY -> "software has panicked, or waits for what can never come";
            case CLEAN_ACCEPT -> "a page that was taken for freshly accepted does not read as zero";
            case HOST_SAFETY -> "the host suffered a machine check, a fatal fault or a silent change of its data";
            case ACCOUNTING -> "what software believes of its memory and what the hardware holds differ";
            case PROGRESS -> "from here the guest can never come to its end";
        };
    }
}
