package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ringfence.checker.check.ActorSpec;
import org.ringfence.checker.check.Case;
import org.ringfence.checker.check.Checking;
import org.ringfence.checker.check.Expectation;
import org.ringfence.checker.check.Finding;
import org.ringfence.checker.check.Options;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.Settings;
import org.ringfence.checker.check.ThreatModel;
import org.ringfence.checker.check.Verdict;
import org.ringfence.checker.explore.SoftwareMover;
import org.ringfence.checker.explore.Watcher;
import org.ringfence.checker.run.Trace;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.CaseFile;
import org.ringfence.cli.casefile.CaseReader;
import org.ringfence.cli.casefile.Catalogue;
import org.ringfence.cli.casefile.ScriptText;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.vocabulary.Vocabulary;

/** A trace is a case: its steps, pasted as scripts of who performed them, break the same property. */
class PastedTraceTest {
    private final Registry registry = Registry.found();

    /** Their routine's options shape the machine, here with a device TLB, and no operation of the trace tells of it. */
    private static final Set<String> MACHINES_OF_ROUTINES = Set.of("dma/device-tlb-not-invalidated");

    private static final String ON_CPU = " on CPU ";

    @TempDir
    private Path folder = Path.of("");

    @Test
    void theTraceOfEveryViolationPastedAsScriptsBreaksTheSameProperty() throws Exception {
        Path root = Session.repository();
        Map<String, String> wrong = new LinkedHashMap<>();
        int pasted = 0;
        for (Catalogue.Named named : new Catalogue(root, root).select(List.of())) {
            if (MACHINES_OF_ROUTINES.contains(named.name())) {
                continue;
            }
            CaseFile file = CaseReader.read(registry, named.path(), named.file(), named.name());
            for (Expectation expectation : file.subject().expect()) {
                if (expectation instanceof Expectation.OfProperty(ThreatModel threat, String on, Property property, Expectation.Outcome outcome)
                        && outcome == Expectation.Outcome.VIOLATED) {
                    pasted++;
                    String what = "%s on %s under %s: %s".formatted(file.name(), on, threat, property.printed());
                    paste(file.subject(), on, threat, property, what, wrong);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(pasted).isGreaterThan(100);
    }

    private void paste(
            Case subject, String on, ThreatModel threat, Property property, String what, Map<String, String> wrong)
            throws Exception {
        Verdict found = verdict(subject, on, threat, property);
        if (!(found instanceof Verdict.Violated violated)) {
            wrong.put(what, "is not violated");
            return;
        }
        String text = text(subject, on, threat, property, violated.trace());
        Path path = Files.writeString(folder.resolve("pasted.yaml"), text);
        try {
            CaseFile again = CaseReader.read(registry, path, "pasted.yaml", "pasted");
            Verdict verdict = verdict(again.subject(), on, ThreatModel.parse("honest-host"), property);
            if (!(verdict instanceof Verdict.Violated)) {
                wrong.put(what, "pasted is " + verdict.printed() + "\n" + text);
            }
        } catch (BadInput bad) {
            wrong.put(what, bad.problem() + "\n" + text);
        } catch (RuntimeException thrown) {
            wrong.put(what, thrown + "\n" + text);
        }
    }

    private Verdict verdict(Case subject, String on, ThreatModel threat, Property property) {
        Platform platform = registry.platform(on).orElseThrow();
        Vocabulary vocabulary =
                registry.vocabulary(platform).on(subject.machine().geometry());
        Finding finding = Checking.check(
                subject, platform, vocabulary, threat, Set.of(property), Settings.standard(), new Watcher() {
                    @Override
                    public boolean goOn(Glance glance) {
                        return true;
                    }

                    @Override
                    public boolean nextLevel(Set<Property> open, Glance glance) {
                        return property == Property.PROGRESS || !open.isEmpty();
                    }
                });
        return java.util.Objects.requireNonNull(finding.verdicts().get(property));
    }

    private String text(Case subject, String on, ThreatModel threat, Property property, Trace trace) {
        StringBuilder text =
                new StringBuilder("question: q\nasked: a\nmachine: {pages: %d, frames: %d, small-pages-per-large: %d}\n"
                        .formatted(
                                subject.machine().pages(), subject.machine().frames(),
                                subject.machine().smallPerLarge()));
        List<String> options = new ArrayList<>();
        for (Options.Option option : Options.of(java.util.Objects.requireNonNull(subject.options().get(on)))) {
            options.add(option.name() + ": " + option.value());
        }
        if (subject.guards(on).anyOff()) {
            options.add("ablate: [%s]".formatted(subject.guards(on).names()));
        }
        text.append("platforms:\n  %s: {%s}\nactors:\n".formatted(on, String.join(", ", options)));
        Map<String, List<String>> scripts = new LinkedHashMap<>();
        Map<String, Principal> principals = new LinkedHashMap<>();
        for (ActorSpec actor : subject.actors()) {
            if (actor.platforms().contains(on) && !threat.isMalicious(actor.principal())) {
                scripts.put(actor.name(), new ArrayList<>());
                principals.put(actor.name(), actor.principal());
            }
        }
        for (int i = 0; i < trace.steps().size(); i++) {
            Trace.Step step = trace.steps().get(i);
            scripts.computeIfAbsent(step.who(), who -> new ArrayList<>());
            principals.computeIfAbsent(step.who(), PastedTraceTest::principal);
            if (!isAskedAgain(trace, i)) {
                scripts.get(step.who()).add(step.operation().equals("panic")
                        ? "panic: " + ScriptText.quoted(step.result())
                        : ScriptText.quoted(step.operation() + " -> any"));
            }
        }
        boolean panics = !trace.steps().isEmpty() && trace.steps().getLast().operation().equals("panic");
        if (!panics && (property == Property.AVAILABILITY || property == Property.PROGRESS)) {
            for (Trace.Standing one : trace.standing()) {
                String step = ScriptText.quoted(one.operation() + " -> any");
                List<String> script = java.util.Objects.requireNonNull(scripts.get(one.who()));
                if (script.isEmpty() || !script.getLast().equals(step)) {
                    script.add(step);
                }
            }
        }
        scripts.forEach((who, script) -> {
            text.append("  - name: %s\n    principal: %s\n%s    script:%s\n".formatted(
                    who, principals.get(who), cpu(subject, on, who), script.isEmpty() ? " []" : ""));
            script.forEach(step -> text.append("      - %s\n".formatted(step)));
        });
        return text.append("expect:\n  - {threat: honest-host, violated: [%s]}\n".formatted(property.printed()))
                .toString();
    }

    /** The logical CPU from which a host calls, where that is told of it. */
    private String cpu(Case subject, String on, String who) {
        int cpu = subject.actors().stream()
                .filter(actor -> actor.name().equals(who) && actor.platforms().contains(on))
                .mapToInt(ActorSpec::cpu)
                .findFirst()
                .orElse(ofFamily(on, who));
        return cpu == ActorSpec.OWN_CPU ? "" : "    cpu: %d\n".formatted(cpu);
    }

    /** A host that is not trusted tells in its name from where it calls. */
    private int ofFamily(String on, String who) {
        int named = who.indexOf(ON_CPU);
        return named >= 0 && registry.platform(on).orElseThrow().hostsShareCpus()
                ? Integer.parseInt(who.substring(named + ON_CPU.length()))
                : ActorSpec.OWN_CPU;
    }

    private static Principal principal(String who) {
        for (Principal principal : Principal.values()) {
            if (who.equals(principal.toString()) || who.startsWith(principal + " on ")) {
                return principal;
            }
        }
        throw new IllegalArgumentException(who + " is nobody");
    }

    /** An operation that left for the host is asked again when the actor is resumed: once in a script. */
    private static boolean isAskedAgain(Trace trace, int index) {
        Trace.Step step = trace.steps().get(index);
        boolean comesBack = trace.steps().stream()
                .skip(index + 1L)
                .anyMatch(later -> later.who().equals(step.who()));
        String result = step.result();
        return comesBack && (result.equals(SoftwareMover.EXITS) || result.equals(SoftwareMover.CALLS));
    }
}
