package org.ringfence.bench.peers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ringfence.bench.peers.accept.AcceptModel;
import org.ringfence.bench.peers.rmp.RmpModel;
import org.ringfence.checker.explore.Exploration;
import org.ringfence.checker.explore.Explorer;
import org.ringfence.checker.explore.Limits;
import org.ringfence.checker.explore.Model;
import org.ringfence.checker.explore.Watcher;

/** Explores one of the peers' models once and prints what it took. */
public final class PeersRun {
    private PeersRun() {}

    /** {@code accept PAGES THREADS [symmetric]} or {@code rmp FRAMES PAGES THREADS [symmetric]}. */
    public static void main(String[] arguments) {
        List<String> given = new ArrayList<>(List.of(arguments));
        boolean symmetric = given.remove("symmetric");
        boolean accept = given.removeFirst().equals("accept");
        int first = Integer.parseInt(given.removeFirst());
        Model model = accept
                ? AcceptModel.of(first, symmetric)
                : RmpModel.of(first, Integer.parseInt(given.removeFirst()), symmetric);
        int threads = Integer.parseInt(given.removeFirst());
        Limits limits = new Limits(Limits.NARROW, 16L << 30, Duration.ofHours(1), threads);
        Exploration found = Explorer.explore(model, limits, Watcher.patient());
        System.out.printf(
                Locale.ROOT,
                "%s: %,d states, %,d transitions, depth %d, %.2f s, %.3f M states/s, %.1f bytes a state, %.1f at worst, %s%n",
                found.stop(),
                found.states(),
                found.transitions(),
                found.depth(),
                found.seconds(),
                found.states() / found.seconds() / 1e6,
                (double) found.bytes() / found.states(),
                (double) found.mostBytes() / found.states(),
                found.breaches().keySet());
    }
}
