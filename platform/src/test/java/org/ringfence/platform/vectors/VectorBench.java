package org.ringfence.platform.vectors;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Options;
import org.ringfence.checker.check.Platform;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Choose;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Vocabulary;

/** A machine with one guest and its host, to which operations are done as scripts write them. */
final class VectorBench {
    /** What a step that only prepares ends with. */
    static final Set<String> WELL = Set.of("RMI_SUCCESS", "STORED", "CALLS", "RSI_SUCCESS", "DONE", "0", "SUCCESS");

    private static final Actor GUEST = new Actor(0, Principal.GUEST, "guest");
    private static final Actor HOST = new Actor(1, Principal.HOST, "host");

    private final Machine machine;
    private final State state;
    private final Layout layout;
    private final Vocabulary vocabulary;
    private Operation<?> asked = new Choose(1);

    private VectorBench(Machine machine, Layout layout, State state, Vocabulary vocabulary) {
        this.machine = machine;
        this.layout = layout;
        this.state = state;
        this.vocabulary = vocabulary;
    }

    /** The machine of {@code platform} with these words: {@code name=value}, of its size or its options. */
    static VectorBench of(Platform platform, List<String> words) throws Options.BadOption {
        Map<String, String> size = new TreeMap<>(Map.of("pages", "2", "frames", "10", "small", "2"));
        Map<String, Object> options = new TreeMap<>();
        for (String word : words) {
            String[] sides = word.split("=", -1);
            if (size.containsKey(sides[0])) {
                size.put(sides[0], sides[1]);
            } else {
                options.put(sides[0], Boolean.valueOf(sides[1]));
            }
        }
        MachineSpec spec = new MachineSpec(
                Integer.parseInt(size.get("pages")),
                Integer.parseInt(size.get("frames")),
                Integer.parseInt(size.get("small")));
        Platform.Setting setting = new Platform.Setting(
                spec.geometry(),
                Options.with(platform.options(), options),
                Cast.of(List.of(GUEST, HOST)),
                Guards.allOn());
        Layout.Placed<Machine> placed = Layout.of(
                Layout.Storage.PACKED,
                spec.frames(),
                spec.smallPerLarge(),
                declaration -> platform.declare(declaration, setting));
        State state = placed.layout().newState();
        platform.begin(state, placed.machine(), setting);
        return new VectorBench(
                placed.machine(), placed.layout(), state, platform.vocabulary().on(spec.geometry()));
    }

    /** Does it: {@code guest} or {@code host} and an operation, or {@code guest takes} the answer that it waits for. */
    String perform(String step) throws Exception {
        String[] words = step.split(" ", 2);
        Actor actor = words[0].equals("guest") ? GUEST : HOST;
        if (words[1].equals("takes")) {
            return say(asked.results(), machine.part(Cpus.class).takeAnswer(state, GUEST.index()), true);
        }
        Operation<?> operation = vocabulary.parse(words[1], actor.principal());
        long outcome = operation.on(machine, actor).take(state);
        if (outcome == Outcome.EXITS || outcome == Outcome.CALLS) {
            asked = operation;
            Status away = outcome == Outcome.EXITS ? Status.EXITED : Status.CALLING;
            machine.part(Cpus.class).status().set(state, actor.index(), away);
            return outcome == Outcome.EXITS ? "EXITS" : "CALLS";
        }
        return outcome == Outcome.WAITS ? "WAITS" : say(operation.results(), outcome, false);
    }

    private static String say(Results<?> results, long code, boolean all) {
        String printed = results.print(code);
        return all ? printed : Results.name(printed);
    }

    /** What a state's description says of a place. */
    String look(String place) {
        List<String> all = new ArrayList<>();
        for (String line : layout.describe(state)) {
            all.add(line);
            if (line.startsWith(place + " = ") || line.startsWith(place + ": ")) {
                return line.substring(place.length() + 2).replaceFirst("^= ?", "").strip();
            }
        }
        return "nothing among " + all;
    }
}
