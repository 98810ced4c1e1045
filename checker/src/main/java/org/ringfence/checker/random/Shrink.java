package org.ringfence.checker.random;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.vocabulary.Form;

/**
 * Makes a sequence that breaks something as short and plain as it gets while it breaks the same: by delta debugging
 * (Zeller and Hildebrandt, 2002), then by simpler arguments, one at a time and everywhere at once, until nothing helps.
 */
final class Shrink {
    private final Stage stage;
    private final Play play;
    private final @Nullable Property property;
    private final IdentityHashMap<Form, List<String>> names = new IdentityHashMap<>();
    private int[] turns;

    private final BooleanSupplier goOn;

    private Shrink(Stage stage, int[] turns, BooleanSupplier goOn) {
        this.stage = stage;
        this.goOn = goOn;
        this.turns = turns;
        this.play = new Play(stage, turns.length, null);
        int[] kept = playAll(turns);
        if (kept == null) {
            throw new IllegalStateException("a sequence that broke something breaks nothing when played again");
        }
        this.turns = kept;
        this.property = play.broken();
    }

    /** The shortest found that breaks what {@code turns} break, by the time that {@code goOn} is false. */
    static int[] shrink(Stage stage, int[] turns, BooleanSupplier goOn) {
        Shrink shrink = new Shrink(stage, turns, goOn);
        int[] before;
        do {
            before = shrink.turns;
            shrink.removeTurns();
            shrink.simplifyOne();
            shrink.simplifyAll();
        } while (!Arrays.equals(before, shrink.turns));
        return shrink.turns;
    }

    /**
     * Plays a sequence but for those of its turns that would come to nothing: whose actor refrains, or whose operation
     * waits. Answers those that are left, up to the one that breaks something; null when none does.
     */
    private int @Nullable [] playAll(int[] sequence) {
        play.restart();
        int[] kept = new int[sequence.length];
        int count = 0;
        for (int turn : sequence) {
            int end = turn >= 0 ? play.turn(turn) : play.again(~turn);
            if (end == Play.REFRAINED || end == Play.WAITED) {
                if (turn >= 0) {
                    play.dequeue(stage.acts()[turn].actor().index());
                }
                continue;
            }
            kept[count++] = turn;
            if (end == Play.BROKEN) {
                return Arrays.copyOf(kept, count);
            }
        }
        return null;
    }

    /** Takes {@code candidate}, up to where it breaks, when it breaks the same and is shorter or plainer. */
    private boolean accept(int[] candidate) {
        if (!goOn.getAsBoolean()) {
            return false;
        }
        int[] kept = playAll(candidate);
        if (kept == null || !Objects.equals(play.broken(), property) || !isSimpler(kept, turns)) {
            return false;
        }
        turns = kept;
        return true;
    }

    /**
     * An order without endless descent: by length, then by how plain the arguments are together, then by the first that
     * is plainer.
     */
    private boolean isSimpler(int[] one, int[] other) {
        if (one.length != other.length) {
            return one.length < other.length;
        }
        int plainer = Integer.compare(weight(one), weight(other));
        return plainer != 0 ? plainer < 0 : Arrays.compare(one, other) < 0;
    }

    private int weight(int[] sequence) {
        return Arrays.stream(sequence)
                .filter(turn -> turn >= 0)
                .map(turn -> Arrays.stream(stage.acts()[turn].arguments()).sum())
                .sum();
    }

    private void removeTurns() {
        for (int size = Math.max(1, turns.length / 2); size >= 1; size /= 2) {
            int from = 0;
            while (from < turns.length) {
                if (!accept(without(from, size))) {
                    from += size;
                }
            }
        }
    }

    private int[] without(int from, int size) {
        int to = Math.min(turns.length, from + size);
        int[] rest = new int[turns.length - (to - from)];
        System.arraycopy(turns, 0, rest, 0, from);
        System.arraycopy(turns, to, rest, from, turns.length - to);
        return rest;
    }

    private void simplifyOne() {
        for (int i = 0; i < turns.length; i++) {
            for (int argument = 0; argument < arguments(i).length; argument++) {
                int now = arguments(i)[argument];
                for (int simpler = 0; simpler < now && i < turns.length; simpler++) {
                    int[] candidate = turns.clone();
                    candidate[i] = with(turns[i], argument, simpler);
                    if (candidate[i] != turns[i] && accept(candidate)) {
                        break;
                    }
                }
            }
        }
    }

    /** Renames one value of an argument in all turns at once: page 1 becomes page 0 wherever it is named. */
    private void simplifyAll() {
        for (int i = 0; i < turns.length; i++) {
            // The machine's size, which some operations end with, has no name and one value.
            for (int argument = 0; argument < arguments(i).length && argument < names(turns[i]).size(); argument++) {
                String name = names(turns[i]).get(argument);
                int now = arguments(i)[argument];
                for (int simpler = 0; simpler < now && i < turns.length; simpler++) {
                    int to = simpler;
                    if (accept(renamed(act -> rename(act, name, now, to)))) {
                        break;
                    }
                }
            }
        }
    }

    private int[] renamed(UnaryOperator<Integer> rename) {
        return Arrays.stream(turns).map(turn -> turn < 0 ? turn : rename.apply(turn)).toArray();
    }

    private int rename(int act, String name, int from, int to) {
        int argument = names(act).indexOf(name);
        if (argument < 0) {
            return act;
        }
        int now = stage.acts()[act].arguments()[argument];
        if (now == from) {
            return with(act, argument, to);
        }
        return now == to ? with(act, argument, from) : act;
    }

    private List<String> names(int act) {
        return names.computeIfAbsent(stage.acts()[act].form(), Form::drawn);
    }

    private int[] arguments(int turn) {
        return turn >= turns.length || turns[turn] < 0 ? new int[0] : stage.acts()[turns[turn]].arguments();
    }

    /** The act like {@code act} with another argument; itself where there is none. */
    private int with(int act, int argument, int value) {
        Stage.Act now = stage.acts()[act];
        int[] wanted = now.arguments().clone();
        wanted[argument] = value;
        for (Stage.Group group : stage.groups()) {
            if (act >= group.first() && act < group.first() + group.count()) {
                for (int other = group.first(); other < group.first() + group.count(); other++) {
                    if (Arrays.equals(stage.acts()[other].arguments(), wanted)) {
                        return other;
                    }
                }
            }
        }
        return act;
    }
}
