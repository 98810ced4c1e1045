package org.ringfence.cli.casefile;

import java.util.List;
import org.ringfence.machine.vocabulary.Signals;
import org.ringfence.machine.vocabulary.Turn;
import org.ringfence.machine.vocabulary.Vocabulary;

/** A step of a script as a case file has it. */
public final class ScriptText {
    private ScriptText() {}

    /** The item of the list, without the dash. */
    public static String of(Vocabulary vocabulary, Turn turn) {
        return switch (turn) {
            case Turn.GiveUp(String reason) -> "panic: " + quoted(reason);
            case Turn.Perform(Signals.Await(String name), var with, var otherwise, var place) -> "await: " + name;
            case Turn.Perform(Signals.Signal(String name), var with, var otherwise, var place) -> "signal: " + name;
            case Turn.Perform(var operation, List<String> with, Turn.Otherwise otherwise, String place) -> {
                String text =
                        quoted(vocabulary.text(operation) + (with.isEmpty() ? "" : " -> " + String.join(" or ", with)));
                yield otherwise == Turn.Otherwise.STOP ? text : "{do: '%s', else: %s}"
                        .formatted(vocabulary.text(operation) + " -> " + String.join(" or ", with),
                                otherwise.printed());
            }
        };
    }

    /** In quotes where YAML would take it for something else. */
    public static String quoted(String text) {
        return text.contains(": ") || text.contains(" #") || !Character.isLetterOrDigit(text.charAt(0))
                ? "'" + text.replace("'", "''") + "'"
                : text;
    }
}
