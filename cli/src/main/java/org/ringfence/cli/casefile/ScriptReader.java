package org.ringfence.cli.casefile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ringfence.checker.explore.SoftwareMover;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.vocabulary.NoSuchOperation;
import org.ringfence.machine.vocabulary.Turn;
import org.ringfence.machine.vocabulary.Vocabulary;

/**
 * Reads the script of an actor on one platform.
 *
 * @param vocabulary of the platform
 * @param principal whose script it is
 */
record ScriptReader(String file, String platform, Vocabulary vocabulary, Principal principal) {
    static final List<String> STEP = List.of("do", "else", "repeat", "await", "signal", "panic");

    /** Rounds of a {@code repeat}, and steps of a script. */
    static final int MOST = 1000;

    private static final String ARROW = "->";
    private static final String OR = " or ";

    /** The steps, those of a {@code repeat} as often as it says. */
    List<Turn> read(Node node) throws BadInput {
        List<Turn> turns = new ArrayList<>();
        for (Node item : items(node, "script")) {
            turns.addAll(step(item));
        }
        if (turns.size() > MOST) {
            throw bad(node.at(), "the script has %d steps; allowed are at most %d".formatted(turns.size(), MOST));
        }
        return turns;
    }

    private List<Node> items(Node node, String key) throws BadInput {
        if (node instanceof Node.Sequence(Position at, List<Node> items)) {
            return items;
        }
        throw bad(node.at(), "'%s' is %s; allowed is a list of operations".formatted(key, node.kind()));
    }

    private List<Turn> step(Node node) throws BadInput {
        return switch (node) {
            case Node.Text(Position at, String text) -> List.of(performed(at, text, Turn.Otherwise.STOP, false));
            case Node.Mapping mapping -> said(mapping);
            case Node.Sequence _,Node.Whole _,Node.Decimal _,Node.Truth _,Node.Nothing _ ->
                throw bad(node.at(), "an operation is %s; allowed is a text such as 'host load frame=0'"
                        .formatted(node.kind()));
        };
    }

    private List<Turn> said(Node.Mapping mapping) throws BadInput {
        Fields fields = Fields.of(file, mapping, "a step", STEP.toArray(String[]::new));
        for (String alone : List.of("await", "signal", "panic")) {
            if (fields.optional(alone) != null) {
                if (fields.entries().size() > 1) {
                    throw bad(mapping.at(), "a step has '%s' and other keys; allowed is '%s' alone"
                            .formatted(alone, alone));
                }
                return List.of(alone(mapping.at(), alone, fields.text(alone)));
            }
        }
        Node what = fields.required("do");
        Node times = fields.optional("repeat");
        Node otherwise = fields.optional("else");
        int rounds = times == null ? 1 : fields.whole(times, "repeat", 1, MOST);
        List<Turn> once = new ArrayList<>();
        if (what instanceof Node.Sequence(Position at, List<Node> items)) {
            if (otherwise != null) {
                throw bad(otherwise.at(), "'else' belongs to one operation, and 'do' has a list");
            }
            for (Node item : items) {
                once.addAll(step(item));
            }
        } else {
            once.add(performed(
                    what.at(), fields.text(what, "do"), otherwise(fields, otherwise), otherwise != null));
        }
        if ((long) once.size() * rounds > MOST) {
            throw bad(mapping.at(), "%d steps, %d times, are more than %d".formatted(once.size(), rounds, MOST));
        }
        List<Turn> all = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            all.addAll(once);
        }
        return all;
    }

    private static Turn.Otherwise otherwise(Fields fields, @org.jspecify.annotations.Nullable Node node)
            throws BadInput {
        if (node == null) {
            return Turn.Otherwise.STOP;
        }
        List<String> names = Arrays.stream(Turn.Otherwise.values()).map(Turn.Otherwise::printed).toList();
        return Turn.Otherwise.values()[names.indexOf(fields.name(node, "else", names))];
    }

    private Turn alone(Position at, String key, String text) throws BadInput {
        if (key.equals("panic")) {
            return new Turn.GiveUp(text);
        }
        if (text.contains(" ") || text.contains("=")) {
            throw bad(at, "'%s' is %s; allowed is one word".formatted(key, Quoted.of(text)));
        }
        return performed(at, "%s name=%s".formatted(key, text), Turn.Otherwise.STOP, false);
    }

    private Turn performed(Position at, String text, Turn.Otherwise otherwise, boolean saysOtherwise) throws BadInput {
        int arrow = text.lastIndexOf(ARROW);
        String before = arrow < 0 ? text : text.substring(0, arrow);
        Operation<?> operation;
        try {
            operation = vocabulary.parse(before, principal);
        } catch (NoSuchOperation unknown) {
            throw bad(at, "on %s: %s".formatted(platform, unknown.sentence().replace("\n", " ")));
        }
        List<String> goesOnWith =
                arrow < 0 ? List.of() : results(at, operation, text.substring(arrow + ARROW.length()));
        if (goesOnWith.isEmpty() && saysOtherwise) {
            throw bad(at, "'else' says what happens instead, and no '-> RESULT' says instead of what");
        }
        return new Turn.Perform(operation, goesOnWith, otherwise, "%s:%d".formatted(file, at.line()));
    }

    private List<String> results(Position at, Operation<?> operation, String text) throws BadInput {
        List<String> wanted =
                Arrays.stream(text.split(OR, -1)).map(String::strip).toList();
        for (String one : wanted) {
            if (isLeaving(one)) {
                throw bad(at, "%s is no result to go on with: an operation that leaves for the host is asked again, or"
                        .formatted(one)
                        + " gets its result, when the host resumes the actor; 'reaches' can name it");
            }
            if (!isResult(operation, one)) {
                throw bad(at, "%s does not end with %s; %s, or %s for whatever comes%s"
                        .formatted(operation.mnemonic(), Quoted.of(one), known(operation.results()),
                                Turn.Perform.ANY, one.isEmpty() ? " (a '#' after a blank begins a comment)" : ""));
            }
        }
        return wanted;
    }

    private static boolean isLeaving(String text) {
        return Stream.of(SoftwareMover.EXITS, SoftwareMover.CALLS)
                .anyMatch(left -> left.equals(text) || Results.name(left).equals(text));
    }

    private static boolean isResult(Operation<?> operation, String text) {
        Results<?> results = operation.results();
        if (text.equals(Turn.Perform.ANY)) {
            return true;
        }
        if (results instanceof Results.Answers) {
            return text.equals(Results.Answers.ANYTHING) || isNumber(text);
        }
        if (results.count() == Results.OPEN) {
            return !text.isEmpty();
        }
        for (int code = 0; code < results.count(); code++) {
            if (results.print(code).equals(text)) {
                return true;
            }
        }
        return results.names().contains(text)
                || results instanceof Results.Closed<?>(Class<?> type)
                        && Arrays.stream(type.getEnumConstants())
                                .anyMatch(constant -> ((Enum<?>) constant).name().equals(text));
    }

    private static boolean isNumber(String text) {
        try {
            Results.Answers.number(text);
            return true;
        } catch (NumberFormatException none) {
            return false;
        }
    }

    private static String known(Results<?> results) {
        if (results instanceof Results.Answers) {
            return "allowed are a number, and %s for any but the numbers that honest hosts answer"
                    .formatted(Results.Answers.ANYTHING);
        }
        if (results.count() == Results.OPEN) {
            return "allowed is what a trace prints";
        }
        List<String> names = results.names();
        return names.stream().limit(24)
                .collect(Collectors.joining(", ", "allowed are ", names.size() > 24 ? " ..." : ""));
    }

    private BadInput bad(Position at, String sentence) {
        return new BadInput(new Problem(file, at, sentence));
    }
}
