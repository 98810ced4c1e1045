package org.ringfence.checker.random;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Scene;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;

/**
 * A random run: sequences on every scene of a platform until a number of operations has been attempted or one breaks
 * something. The same platform, guards, number and seed give the same run.
 */
public final class RandomRun {
    private RandomRun() {}

    /**
     * What came of it.
     *
     * @param operations attempted
     * @param found null when nothing broke
     * @param seen for each operation that was done, by its name, the results it ended with and how often
     */
    public record Outcome(long operations, @Nullable Found found, Map<String, SortedMap<String, Long>> seen) {}

    /**
     * Runs.
     *
     * @param operations to attempt, over all scenes
     * @param goOn is told the operations so far, now and then; false ends the run
     */
    public static Outcome run(Platform platform, Guards guards, long operations, long seed, LongPredicate goOn) {
        Map<String, SortedMap<String, Long>> seen = new TreeMap<>();
        List<Scene> scenes = platform.scenes();
        long done = 0;
        boolean goesOn = goOn.test(0);
        for (int i = 0; i < scenes.size() && goesOn; i++) {
            long share = (operations - done) / (scenes.size() - i);
            Stage stage = Stage.of(platform, scenes.get(i), guards);
            long[][] outcomes = new long[stage.kinds()][Play.LAST_CODE + 1];
            Walk walk = new Walk(stage, seed + i, outcomes);
            Found found = null;
            while (found == null && goesOn && walk.operations() < share) {
                if (walk.next()) {
                    long before = done;
                    found = found(stage, walk.turns(), () -> goOn.test(before + walk.operations()));
                }
                goesOn = goOn.test(done + walk.operations());
            }
            done += walk.operations();
            tell(stage, outcomes, seen);
            if (found != null) {
                return new Outcome(done, found, seen);
            }
        }
        return new Outcome(done, null, seen);
    }

    private static Found found(Stage stage, int[] turns, BooleanSupplier goOn) {
        int[] shrunk = Shrink.shrink(stage, turns, goOn);
        Play play = new Play(stage, shrunk.length, null);
        play.restart();
        List<Found.Attempt> steps = new ArrayList<>();
        for (int turn : shrunk) {
            int actor = turn >= 0 ? stage.acts()[turn].actor().index() : ~turn;
            if (turn >= 0) {
                play.turn(turn);
            } else {
                play.again(actor);
            }
            steps.add(new Found.Attempt(
                    stage.cast().get(actor).name(),
                    turn >= 0 ? stage.text(stage.acts()[turn]) : "goes on"));
        }
        List<List<String>> scripts = new ArrayList<>();
        for (int actor = 0; actor < stage.cast().size(); actor++) {
            List<String> script = new ArrayList<>();
            for (int act : play.begun(actor)) {
                script.add(stage.step(stage.acts()[act]));
            }
            scripts.add(script);
        }
        RuntimeException thrown = play.thrown();
        return new Found(
                stage.platform().name(),
                stage.scene(),
                stage.guards(),
                play.broken(),
                thrown == null ? play.hurt() : thrown.toString(),
                steps,
                scripts,
                turns.length);
    }

    private static void tell(Stage stage, long[][] outcomes, Map<String, SortedMap<String, Long>> seen) {
        boolean[] told = new boolean[outcomes.length];
        for (Stage.Act act : stage.acts()) {
            for (int code = 0; code <= Play.LAST_CODE && !told[act.kind()]; code++) {
                if (outcomes[act.kind()][code] > 0) {
                    seen.computeIfAbsent(act.operation().mnemonic(), name -> new TreeMap<>())
                            .merge(printed(act.operation(), code), outcomes[act.kind()][code], Long::sum);
                }
            }
            told[act.kind()] = true;
        }
    }

    private static String printed(Operation<?> operation, int code) {
        int count = operation.results().count();
        boolean isCounted = code == 0 || count != Results.OPEN && code < count;
        return isCounted ? operation.results().print(code) : "another value";
    }
}
