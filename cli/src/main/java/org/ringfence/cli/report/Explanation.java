package org.ringfence.cli.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.check.ActorSpec;
import org.ringfence.checker.check.Expectation;
import org.ringfence.checker.check.Options;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.Remarked;
import org.ringfence.cli.casefile.CaseFile;
import org.ringfence.cli.own.Bundle;
import org.ringfence.cli.own.OwnSoftware;
import org.ringfence.machine.operation.Guard;

/** A case in words: what is asked, of which machine and software, with which options, and what must come out. */
public record Explanation(CaseFile file, OwnSoftware own, Paint paint) {

    /** Prints it. */
    public void print(PrintStream out) {
        out.println(paint.strong(file.name()));
        out.println("  " + file.subject().question());
        out.println("  asked: " + file.subject().asked());
        if (!file.note().isEmpty()) {
            file.note().lines().forEach(line -> out.println("  " + line));
        }
        out.println();
        out.println("machine: " + Words.machine(file.subject().machine()));
        out.println();
        out.println("platforms");
        for (Map.Entry<String, Record> platform : file.subject().options().entrySet()) {
            out.println("  " + paint.strong(platform.getKey()));
            Record defaults = own.registry().platform(platform.getKey())
                    .map(Platform::options)
                    .orElse(platform.getValue());
            brought(out, own.platforms().get(platform.getKey()));
            options(platform.getValue(), defaults).forEach(line -> out.println("    " + line));
            for (Guard guard : file.subject().guards(platform.getKey()).off()) {
                out.println("    switched off: %s, which refuses with %s: %s (%s)"
                        .formatted(guard.printed(), guard.refuses(), guard.holds(), guard.source()));
            }
        }
        out.println();
        out.println("actors");
        for (int i = 0; i < file.software().size(); i++) {
            actor(out, file.subject().actors().get(i), file.software().get(i));
        }
        out.println();
        out.println("expectations");
        expectations().forEach(line -> out.println("  " + line));
        out.flush();
    }

    private static void brought(PrintStream out, @Nullable Bundle bundle) {
        if (bundle != null) {
            out.println("    brought by " + bundle);
        }
    }

    private void actor(PrintStream out, ActorSpec actor, CaseFile.Software software) {
        Set<String> platforms = file.subject().options().keySet();
        String where = actor.platforms().containsAll(platforms)
                ? ""
                : ", only on "
                        + String.join(", ", platforms.stream().filter(actor.platforms()::contains).toList());
        String who = "  %s: %s software, ".formatted(paint.strong(actor.name()), actor.principal());
        switch (software) {
            case CaseFile.Software.OfRoutine(Registry.Entry entry, Record options) -> {
                out.println(who + "runs " + entry.name() + where);
                out.println("    " + entry.summary());
                brought(out, own.routines().get(entry.name()));
                options(options, entry.prototype()).forEach(line -> out.println("    " + line));
                if (actor.routine() instanceof Remarked remarked) {
                    remarked.explained().forEach(line -> out.println("    " + line));
                }
            }
            case CaseFile.Software.OfScript(List<String> operations) -> {
                out.println(who + "follows a script" + where);
                operations.forEach(operation -> out.println("    " + operation));
            }
        }
    }

    private static List<String> options(Record values, Record defaults) {
        List<Options.Option> given = Options.of(values);
        List<Options.Option> standard = Options.of(defaults);
        int width = given.stream()
                .mapToInt(option -> assignment(option).length())
                .max()
                .orElse(0);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            Options.Option option = given.get(i);
            String assignment = assignment(option);
            lines.add("%s%s  allowed: %s; by default %s".formatted(
                    assignment,
                    " ".repeat(width - assignment.length()),
                    option.allowed(),
                    standard.get(i).value()));
            if (!option.value().equals(standard.get(i).value()) && !option.meaning().isEmpty()) {
                lines.add("  " + option.meaning());
                option.values().stream()
                        .filter(value -> value.startsWith(option.value() + ": "))
                        .forEach(value -> lines.add("    " + value));
            }
        }
        return lines;
    }

    private static String assignment(Options.Option option) {
        return option.name() + " = " + option.value();
    }

    private List<String> expectations() {
        Map<String, List<String>> byPlace = new LinkedHashMap<>();
        for (Expectation expectation : file.subject().expect()) {
            byPlace.computeIfAbsent(
                    "%s under %s".formatted(expectation.platform(), expectation.threat()),
                    place -> new ArrayList<>())
                    .add(Words.expectation(expectation));
        }
        List<String> lines = new ArrayList<>();
        byPlace.forEach((place, all) -> lines.add(place + ": " + String.join(", ", all)));
        return lines;
    }
}
