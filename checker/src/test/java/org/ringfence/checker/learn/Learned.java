package org.ringfence.checker.learn;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.checker.explore.Software;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Routine;

/** Learns, times and prints automata for the tests. */
final class Learned {
    private Learned() {}

    static CompleteSoftware complete(Routine<?> routine) {
        Software software = Learner.learn(routine, Budget.DEFAULT.checked());
        if (software instanceof CompleteSoftware complete) {
            return complete;
        }
        throw new AssertionError(routine + " was not learned to the end: " + ((LazySoftware) software).why());
    }

    /** Every point on a line of its own: what it asks, and where results lead. */
    static String print(CompleteSoftware software) {
        StringBuilder text = new StringBuilder("%d points, %d runs, %d scopes%n"
                .formatted(software.points(), software.runs(), software.scopes()));
        for (int p = 0; p < software.points(); p++) {
            Operation<?> operation = software.operation(p);
            List<Integer> to = new ArrayList<>();
            for (int next : software.next().get(p)) {
                to.add(next);
            }
            text.append("  %d: %s %s%n".formatted(
                    p, operation == null ? software.end(p) + " " + software.reason(p) : operation, to));
        }
        return text.toString();
    }

    /** The graph without numbers of runs, for comparison. */
    static String graph(Routine<?> routine) {
        String text = print(complete(routine));
        return text.substring(text.indexOf('\n') + 1);
    }

    static double seconds(Runnable what) {
        long begun = System.nanoTime();
        what.run();
        return (System.nanoTime() - begun) / 1e9;
    }
}
