package org.ringfence.cli.judge;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.check.ActorSpec;
import org.ringfence.checker.check.Case;
import org.ringfence.checker.check.Checking;
import org.ringfence.checker.check.Expectation;
import org.ringfence.checker.check.Finding;
import org.ringfence.checker.check.Fitting;
import org.ringfence.checker.check.Misfit;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.Remarked;
import org.ringfence.checker.check.Settings;
import org.ringfence.checker.check.ThreatModel;
import org.ringfence.checker.explore.CheckpointRefused;
import org.ringfence.checker.explore.LimitReached;
import org.ringfence.checker.explore.Limits;
import org.ringfence.checker.explore.Watcher;
import org.ringfence.checker.learn.RoutineRefused;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.CaseFile;
import org.ringfence.cli.casefile.Position;
import org.ringfence.cli.casefile.Problem;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.vocabulary.Vocabulary;

/**
 * Checks cases: one search for each platform and threat model among a case's expectations, all their properties at
 * once.
 */
public record CaseJudge(
        Registry registry, Settings settings, Selection selection, Interrupt interrupt, ProgressLine progress) {

    /** How long it may take to find out which actor is to blame. */
    private static final Duration BLAMING = Duration.ofSeconds(1);

    private record Pair(String platform, ThreatModel threat) {}

    private record Row(Expectation expectation, Position at) {}

    /** Whether any of the case's expectations is looked at. */
    public boolean concerns(CaseFile file) {
        return file.subject().expect().stream().anyMatch(selection::includes);
    }

    /** Part of a search: what ended it, or null where it goes on. */
    @FunctionalInterface
    private interface Part {
        @Nullable
        Search done() throws BadInput;
    }

    /** A search that waits until the others have been put together too. */
    private final class Waiting {
        private final Watching watching;
        private @Nullable Checking checking;
        private @Nullable Search ended;

        private Waiting(List<Row> rows) {
            watching = new Watching(rows);
        }
    }

    /**
     * Checks a case. Nothing that goes wrong with it is thrown: it is the case's result. What does not go together on
     * one platform is told before any platform is searched.
     */
    public CaseResult judge(CaseFile file) {
        long begun = System.nanoTime();
        List<Search> searches = new ArrayList<>();
        CaseResult.Broken broken = null;
        Map<Pair, Waiting> waiting = new HashMap<>();
        Map<Pair, List<Row>> pairs = pairs(file);
        for (Map.Entry<Pair, List<Row>> pair : pairs.entrySet()) {
            Waiting search = new Waiting(pair.getValue());
            waiting.put(pair.getKey(), search);
            try {
                search.ended = prepare(file, pair.getKey(), pair.getValue(), search);
            } catch (BadInput bad) {
                return result(file, searches, bad.problem(), broken, begun);
            } catch (RuntimeException | AssertionError | StackOverflowError thrown) {
                search.ended = without(pair.getKey(), pair.getValue(), "a defect of Ringfence");
                broken = broken == null ? new CaseResult.Broken(label(file, pair.getKey()) + ": ", thrown) : broken;
            }
        }
        for (Map.Entry<Pair, List<Row>> pair : pairs.entrySet()) {
            // Taken out: what one search has learned is not kept while the next one runs.
            Waiting search = Objects.requireNonNull(waiting.remove(pair.getKey()));
            try {
                searches.add(
                        search.ended == null ? search(file, pair.getKey(), pair.getValue(), search) : search.ended);
            } catch (BadInput bad) {
                return result(file, searches, bad.problem(), broken, begun);
            } catch (RuntimeException | AssertionError | StackOverflowError thrown) {
                searches.add(without(pair.getKey(), pair.getValue(), "a defect of Ringfence"));
                broken = broken == null ? new CaseResult.Broken(label(file, pair.getKey()) + ": ", thrown) : broken;
            }
        }
        return result(file, searches, null, broken, begun);
    }

    private static CaseResult result(
            CaseFile file, List<Search> searches, @Nullable Problem problem, CaseResult.@Nullable Broken broken,
            long begun) {
        return new CaseResult(file.name(), file.file(), file, searches, problem, broken, seconds(begun));
    }

    private static String label(CaseFile file, Pair pair) {
        return "%s %s %s".formatted(file.name(), pair.platform(), pair.threat());
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }

    private Map<Pair, List<Row>> pairs(CaseFile file) {
        Map<Pair, List<Row>> pairs = new LinkedHashMap<>();
        List<Expectation> expectations = file.subject().expect();
        for (int i = 0; i < expectations.size(); i++) {
            Expectation expectation = expectations.get(i);
            if (selection.includes(expectation)) {
                pairs.computeIfAbsent(
                        new Pair(expectation.platform(), expectation.threat()), pair -> new ArrayList<>())
                        .add(new Row(expectation, file.places().expectations().get(i)));
            }
        }
        return pairs;
    }

    private @Nullable Search prepare(CaseFile file, Pair pair, List<Row> rows, Waiting search) throws BadInput {
        Platform platform = registry.platform(pair.platform()).orElseThrow();
        return attempt(file, pair, rows, search, () -> {
            search.checking = Checking.prepared(
                    file.subject(),
                    platform,
                    vocabulary(file, platform),
                    pair.threat(),
                    properties(rows),
                    settings,
                    search.watching);
            return null;
        });
    }

    private Search search(CaseFile file, Pair pair, List<Row> rows, Waiting search) throws BadInput {
        Checking checking = Objects.requireNonNull(search.checking);
        return Objects.requireNonNull(attempt(file, pair, rows, search, () -> {
            Finding finding = checking.check();
            List<Judged> judged = rows.stream()
                    .map(row -> new Judged(row.expectation(), row.at(), judgement(finding, row.expectation())))
                    .toList();
            return new Search(pair.platform(), pair.threat(), judged, finding.noting(notes(file, pair, finding)), "");
        }));
    }

    private @Nullable Search attempt(CaseFile file, Pair pair, List<Row> rows, Waiting search, Part part)
            throws BadInput {
        if (interrupt.isRequested()) {
            return without(pair, rows, "an interrupt");
        }
        Platform platform = registry.platform(pair.platform()).orElseThrow();
        try (ProgressLine.Telling telling = progress.tell(label(file, pair))) {
            search.watching.telling = telling;
            return part.done();
        } catch (Misfit misfit) {
            throw misfit(file, platform, pair.threat(), misfit);
        } catch (RoutineRefused refused) {
            throw refused(file, platform, pair.threat(), refused);
        } catch (CheckpointRefused refused) {
            throw new BadInput(new Problem(file.file(), null, String.valueOf(refused.getMessage())));
        } catch (LimitReached limit) {
            return without(pair, rows, String.valueOf(limit.getMessage()));
        } catch (OutOfMemoryError exhausted) {
            return without(pair, rows, "the Java heap, which RINGFENCE_JVM_OPTIONS=-Xmx... enlarges");
        }
    }

    /** Those of the finding, and what the software that ran tells of itself. */
    private static List<String> notes(CaseFile file, Pair pair, Finding finding) {
        List<String> notes = new ArrayList<>(finding.notes());
        for (ActorSpec actor : file.subject().actors()) {
            if (actor.routine() instanceof Remarked remarked
                    && actor.platforms().contains(pair.platform())
                    && !pair.threat().isMalicious(actor.principal())) {
                remarked.notes().stream().filter(note -> !notes.contains(note)).forEach(notes::add);
            }
        }
        return notes;
    }

    private Vocabulary vocabulary(CaseFile file, Platform platform) {
        return registry.vocabulary(platform).on(file.subject().machine().geometry());
    }

    private static Search without(Pair pair, List<Row> rows, String why) {
        List<Judged> open = rows.stream()
                .map(row -> new Judged(row.expectation(), row.at(), Judgement.OPEN))
                .toList();
        return new Search(pair.platform(), pair.threat(), open, null, why);
    }

    private static Judgement judgement(Finding finding, Expectation expectation) {
        if (finding.meets(expectation)) {
            return Judgement.MET;
        }
        return finding.leavesOpen(expectation) ? Judgement.OPEN : Judgement.UNMET;
    }

    private static Set<Property> properties(List<Row> rows) {
        Set<Property> properties = EnumSet.noneOf(Property.class);
        for (Row row : rows) {
            switch (row.expectation()) {
                case Expectation.OfProperty(var threat, var platform, Property property, var outcome) ->
                    properties.add(property);
                case Expectation.Reaches reaches -> {}
            }
        }
        return properties;
    }

    /** Tells how far a search is, and asks whether it is to go on. */
    private final class Watching implements Watcher {
        private final boolean onlyViolations;
        private ProgressLine.@Nullable Telling telling;

        private Watching(List<Row> rows) {
            onlyViolations = rows.stream().allMatch(row -> isViolation(row.expectation()));
        }

        private ProgressLine.Telling telling() {
            return Objects.requireNonNull(telling);
        }

        @Override
        public boolean goOn(Glance glance) {
            telling().show(glance);
            return !interrupt.isRequested();
        }

        @Override
        public boolean goOnWith(String phase) {
            telling().show(() -> phase);
            return !interrupt.isRequested();
        }

        // Where nothing but violations is expected, all of them found is all there is to know.
        @Override
        public boolean nextLevel(Set<Property> open, Glance glance) {
            return !onlyViolations || !open.isEmpty();
        }
    }

    private static boolean isViolation(Expectation expectation) {
        return switch (expectation) {
            case Expectation.OfProperty(var threat, var platform, Property property, Expectation.Outcome outcome) ->
                outcome == Expectation.Outcome.VIOLATED && property != Property.PROGRESS;
            case Expectation.Reaches reaches -> false;
        };
    }

    // ---- what only checking shows to be wrong with a case

    private BadInput misfit(CaseFile file, Platform platform, ThreatModel threat, Misfit misfit) {
        String why = Objects.requireNonNull(misfit.getMessage()).replace("\n", " ");
        Optional<ActorSpec> actor = misfit.actor();
        if (actor.isEmpty()) {
            return new BadInput(file.problem(
                    Objects.requireNonNull(file.places().platforms().get(platform.name())),
                    "the machine of %s under %s cannot be put together: %s".formatted(platform.name(), threat, why)));
        }
        int index = file.subject().actors().indexOf(actor.get());
        Record options = Objects.requireNonNull(file.subject().options().get(platform.name()));
        String remedy = misfit.missing()
                .map(part -> new Homes(
                        registry, Fitting.of(actor.get(), file.subject().machine(), settings.budget()), part)
                        .sentence(platform, options))
                .orElse("");
        return new BadInput(file.problem(
                file.places().routines().get(index),
                "actor '%s' on %s: the software does not fit the machine: %s%s"
                        .formatted(actor.get().name(), platform.name(), why, remedy)));
    }

    private BadInput refused(CaseFile file, Platform platform, ThreatModel threat, RoutineRefused refused) {
        Integer actor = blame(file, platform, threat, refused);
        Position at =
                actor == null ? file.places().machine() : file.places().routines().get(actor);
        String who = actor == null
                ? ""
                : "actor '%s' on ".formatted(file.subject().actors().get(actor).name());
        return new BadInput(file.problem(at, "%s%s under %s: %s; %s"
                .formatted(who, platform.name(), threat, String.valueOf(refused.getMessage()).replace("\n", " "),
                        "a loop without a bound is written with again, and a routine depends on nothing but its results")));
    }

    /** The actor that is refused alike when it is alone; null when none is. */
    private @Nullable Integer blame(CaseFile file, Platform platform, ThreatModel threat, RuntimeException refused) {
        Case subject = file.subject();
        Duration patience = settings.limits().time().compareTo(BLAMING) < 0 ? settings.limits().time() : BLAMING;
        Limits one = new Limits(1, settings.limits().bytes(), patience, 1);
        Settings brief = new Settings(one, settings.budget(), false);
        for (int i = 0; i < subject.actors().size(); i++) {
            ActorSpec actor = subject.actors().get(i);
            Case alone = new Case(
                    subject.name(),
                    subject.question(),
                    subject.asked(),
                    subject.machine(),
                    subject.options(),
                    subject.guards(),
                    List.of(actor),
                    List.of());
            try {
                Checking.check(alone, platform, threat, Set.of(), brief, glance -> !interrupt.isRequested());
            } catch (RuntimeException alike) {
                if (alike.getClass() == refused.getClass()
                        && Objects.equals(alike.getMessage(), refused.getMessage())) {
                    return i;
                }
            }
        }
        return null;
    }
}
