package org.ringfence.cli.report;

import java.io.PrintStream;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;

/**
 * A platform in words: its options, what of the real thing it leaves out, and every operation that a script can perform
 * on it, with its arguments, its results and who performs it.
 */
public record PlatformExplanation(Platform platform, Registry registry, Paint paint) {
    /** Prints it. */
    public void print(PrintStream out) {
        out.println(paint.strong(platform.name()));
        OptionLines.print(platform.options(), out);
        if (!platform.leavesOut().isEmpty()) {
            out.println();
            out.println("left out");
            platform.leavesOut().forEach(sentence -> out.println("  " + sentence));
        }
        for (Platform.Passage passage : platform.passages()) {
            out.println();
            out.println(passage.title());
            passage.lines().forEach(line -> out.println("  " + line));
        }
        out.println();
        out.println("operations");
        TreeMap<String, Form> byName = new TreeMap<>();
        for (Form form : registry.vocabulary(platform).forms()) {
            for (String name : form.names()) {
                byName.put("%s %s %s".formatted(name, form.isWay(), form.arguments()), form);
            }
        }
        byName.forEach(
                (key, form) -> operation(out, key.substring(0, key.indexOf(form.isWay() ? " true" : " false")), form));
        out.flush();
    }

    private void operation(PrintStream out, String name, Form form) {
        String who = form.principals().stream()
                .sorted()
                .map(Principal::toString)
                .collect(Collectors.joining(", "));
        out.println("  %s%s  by %s".formatted(form.isWay() ? "... via " : "", paint.strong(name), who));
        for (String argument : form.arguments()) {
            out.println("    %s: %s".formatted(argument, form.allowed(argument)));
        }
        List<String> results = form.results();
        out.println("    -> " + (results.isEmpty() ? form.resultInWords() : String.join(", ", results)));
    }
}
