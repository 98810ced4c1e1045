package org.ringfence.checker.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.explore.BrokenStep;
import org.ringfence.checker.explore.Checkpoint;
import org.ringfence.checker.explore.Clock;
import org.ringfence.checker.explore.Exploration;
import org.ringfence.checker.explore.Explorer;
import org.ringfence.checker.explore.FrameSymmetry;
import org.ringfence.checker.explore.FramesToldApart;
import org.ringfence.checker.explore.LimitReached;
import org.ringfence.checker.explore.Limits;
import org.ringfence.checker.explore.Model;
import org.ringfence.checker.explore.PageSymmetry;
import org.ringfence.checker.explore.PagesToldApart;
import org.ringfence.checker.explore.Path;
import org.ringfence.checker.explore.Progress;
import org.ringfence.checker.explore.Software;
import org.ringfence.checker.explore.SoftwareMover;
import org.ringfence.checker.explore.Symmetry;
import org.ringfence.checker.explore.TooManyMoves;
import org.ringfence.checker.explore.Unfit;
import org.ringfence.checker.explore.Watcher;
import org.ringfence.checker.learn.LazySoftware;
import org.ringfence.checker.learn.Learner;
import org.ringfence.checker.learn.Operands;
import org.ringfence.checker.learn.RoutineRefused;
import org.ringfence.checker.learn.UnnamedPages;
import org.ringfence.checker.run.Replay;
import org.ringfence.checker.run.Trace;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Reporting;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Vocabulary;

/** Checks one case on one platform under one threat model, all properties in one search. */
public final class Checking {
    private static final int MOST_FOR_PROGRESS = 5_000_000;
    private static final String JUDGING_PROGRESS = "progress is judged";

    private final Case subject;
    private final Platform platform;
    private final Vocabulary vocabulary;
    private final ThreatModel threat;
    private final Set<Property> properties;
    private final Settings settings;
    private final Watcher watcher;
    private final List<ActorSpec> actors = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private boolean pagesApart;
    private @Nullable Moving prepared;

    private Checking(
            Case subject,
            Platform platform,
            Vocabulary vocabulary,
            ThreatModel threat,
            Set<Property> properties,
            Settings settings,
            Watcher watcher) {
        this.subject = subject;
        this.platform = platform;
        this.vocabulary = vocabulary;
        this.threat = threat;
        this.properties = properties;
        this.settings = settings;
        this.watcher = watcher;
        subject.actors().stream()
                .filter(actor -> actor.platforms().contains(platform.name()))
                .filter(actor -> !threat.isMalicious(actor.principal()))
                .sorted(Comparator.comparingInt(actor -> rank(actor.principal())))
                .forEach(actors::add);
    }

    /** Vcpus come first, so that a machine can keep of them alone what only they need. */
    private static int rank(Principal principal) {
        return switch (principal) {
            case GUEST -> 0;
            case INNER_GUEST -> 1;
            case HOST, VMM, DEVICE, BUS, HARDWARE -> 2;
        };
    }

    /**
     * Checks.
     *
     * @param properties those to judge
     * @throws org.ringfence.checker.learn.RoutineRefused when a routine cannot be explored
     * @throws Defect when a step of the search throws
     * @throws org.ringfence.checker.explore.LimitReached when a limit or an interrupt comes before the search has begun
     * @throws Misfit when options, the machine's size and software do not go together
     */
    public static Finding check(
            Case subject,
            Platform platform,
            ThreatModel threat,
            Set<Property> properties,
            Settings settings,
            Watcher watcher) {
        return check(subject, platform, platform.vocabulary(), threat, properties, settings, watcher);
    }

    /**
     * As {@link #check(Case, Platform, ThreatModel, Set, Settings, Watcher)}, with more operations than the platform's
     * own as text.
     */
    public static Finding check(
            Case subject,
            Platform platform,
            Vocabulary vocabulary,
            ThreatModel threat,
            Set<Property> properties,
            Settings settings,
            Watcher watcher) {
        return prepared(subject, platform, vocabulary, threat, properties, settings, watcher).check();
    }

    /**
     * The same up to the search, which {@link #check()} does: so that all that a case puts together is put together
     * before the first search of it begins.
     */
    public static Checking prepared(
            Case subject,
            Platform platform,
            Vocabulary vocabulary,
            ThreatModel threat,
            Set<Property> properties,
            Settings settings,
            Watcher watcher) {
        Checking checking = new Checking(subject, platform, vocabulary, threat, properties, settings, watcher);
        checking.prepared = Clock.during(settings.limits(), watcher, checking::prepare);
        return checking;
    }

    /** Searches, within limits that are counted from now. */
    public Finding check() {
        return Clock.during(settings.limits(), watcher, this::run);
    }

    /** Everyone who moves, and on which machine. */
    public record Moving(Model model, Machine machine) {}

    /** What {@link #check} would explore. */
    public static Moving moving(
            Case subject, Platform platform, Vocabulary vocabulary, ThreatModel threat, Settings settings) {
        Watcher watcher = Watcher.patient();
        Checking checking = new Checking(subject, platform, vocabulary, threat, Set.of(), settings, watcher);
        return Clock.during(settings.limits(), watcher, checking::moving);
    }

    /** The views of a machine, and where its software stands. */
    private record Assembled(Machine machine, Bounded point) {}

    private Moving prepare() {
        Keeping keeping = settings.keeping();
        pagesApart = keeping != null && Checkpoint.keepsPagesApart(keeping.of(subject, platform, threat));
        return moving();
    }

    private Finding run() {
        Keeping keeping = settings.keeping();
        Moving moving = prepared == null ? moving() : prepared;
        prepared = null;
        try (Checkpoint kept = keeping == null ? null : checkpoint(keeping, moving.model)) {
            try {
                return judge(moving.model, moving.machine, kept);
            } catch (PagesToldApart told) {
                notes.clear();
                notes.add("pages are kept apart: " + told.getMessage());
                pagesApart = true;
                if (kept != null) {
                    kept.keepPagesApart();
                }
            }
        } catch (BrokenStep broken) {
            throw refusalOrDefect(moving.model, moving.machine, broken);
        }
        return run();
    }

    private Checkpoint checkpoint(Keeping keeping, Model model) {
        java.nio.file.Path folder = keeping.of(subject, platform, threat);
        Map<String, String> searched = Searched.of(keeping, subject, platform, threat, settings, model);
        return keeping.goesOn() ? Checkpoint.resume(folder, searched) : Checkpoint.begin(folder, searched);
    }

    private Moving moving() {
        List<Actor> on = new ArrayList<>();
        List<Software> software = new ArrayList<>();
        for (ActorSpec actor : actors) {
            on.add(actor.actor(on.size()));
            Software learned = Learner.learn(actor.routine(), settings.budget());
            if (learned instanceof LazySoftware lazy) {
                notes.add("software of %s is learned as the search meets it: %s".formatted(actor.name(), lazy.why()));
            }
            software.add(learned);
        }
        try {
            Assembly assembly = assembly(on);
            Layout.Placed<Assembled> placed = placed(assembly, software);
            return new Moving(model(assembly, placed, on, software), placed.machine().machine());
        } catch (Unfit unfit) {
            throw Misfit.ofSoftware(actors.get(unfit.actor().index()), unfit.why());
        } catch (IllegalArgumentException | Machine.MissingPart misfit) {
            throw Misfit.ofMachine(misfit);
        }
    }

    private Layout.Placed<Assembled> placed(Assembly assembly, List<Software> software) {
        int most = Math.max(1, software.stream().mapToInt(Software::mostPoints).max().orElse(1));
        return Layout.of(
                Layout.Storage.PACKED,
                subject.machine().frames(),
                subject.machine().smallPerLarge(),
                declaration -> new Assembled(
                        assembly.declare(declaration),
                        declaration.table(Model.SOFTWARE, "actor", software.size()).bounded("point", most - 1)));
    }

    /** Software of the guest and of its inner guest, each on a vCPU of its own. */
    private static int guests(Cast cast) {
        return cast.vcpus() + cast.count(Principal.INNER_GUEST);
    }

    private Model model(
            Assembly assembly, Layout.Placed<Assembled> placed, List<Actor> on, List<Software> software) {
        Machine machine = placed.machine().machine();
        Asked asked = Asked.on(
                vocabulary, new Operands(subject.machine().frames(), guests(assembly.setting().cast())));
        List<SoftwareMover> movers = new ArrayList<>();
        for (int i = 0; i < on.size(); i++) {
            Optional<String> misfit = asked.misfit(on.get(i).principal(), software.get(i));
            if (misfit.isPresent()) {
                throw Misfit.ofSoftware(actors.get(i), new IllegalArgumentException(misfit.get()));
            }
            Principal principal = on.get(i).principal();
            Map<Operation<?>, Optional<String>> known = new ConcurrentHashMap<>();
            movers.add(SoftwareMover.of(
                    on.get(i), software.get(i), machine, placed.machine().point(),
                    operation -> known.computeIfAbsent(operation, one -> asked.misfit(principal, one))));
        }
        State initial = placed.layout().newState();
        assembly.begin(initial, machine);
        List<Property> judged =
                properties.stream().filter(property -> property != Property.PROGRESS).toList();
        List<Invariant> invariants = assembly.invariants(machine).stream()
                .filter(invariant -> judged.contains(invariant.property()))
                .toList();
        return new Model(
                placed.layout(),
                initial,
                movers,
                assembly.families(machine),
                invariants,
                judged,
                symmetry(placed.layout(), initial, software, movers));
    }

    /** Software that is learned as the search meets it is bound, and refused, while the search is under way. */
    private RuntimeException refusalOrDefect(Model model, Machine machine, BrokenStep broken) {
        return switch (broken.thrown()) {
            case Unfit unfit -> Misfit.ofSoftware(actors.get(unfit.actor().index()), unfit.why());
            case RoutineRefused refused -> refused;
            case TooManyMoves many -> Misfit.ofMachine(many);
            case GuestPages.BeyondMemory beyond -> {
                Actor who = Defect.software(model, machine, broken.before());
                yield who == null
                        ? Defect.of(model, machine, broken)
                        : Misfit.ofSoftware(actors.get(who.index()), new IllegalArgumentException(beyond.getMessage()));
            }
            default -> Defect.of(model, machine, broken);
        };
    }

    /**
     * Parts of actors that run no software are there all the same: what a machine has should not depend on whom one
     * trusts.
     */
    private Assembly assembly(List<Actor> on) {
        List<Part> brought = subject.actors().stream()
                .filter(actor -> actor.platforms().contains(platform.name()))
                .flatMap(actor -> actor.needs().stream())
                .toList();
        return Assembly.of(
                platform,
                subject.machine().geometry(),
                Objects.requireNonNull(subject.options().get(platform.name()), "options of the platform"),
                on,
                threat,
                subject.guards(platform.name()),
                brought);
    }

    private @Nullable Symmetry symmetry(
            Layout layout, State initial, List<Software> software, List<SoftwareMover> movers) {
        if (!settings.symmetry() || !platform.hasInterchangeableFrames()) {
            return null;
        }
        Symmetry frames = null;
        try {
            frames = FrameSymmetry.of(layout, movers);
        } catch (FramesToldApart told) {
            notes.add("frames are kept apart: " + told.getMessage());
        }
        if (pagesApart) {
            return frames;
        }
        Geometry geometry = subject.machine().geometry();
        return PageSymmetry.of(
                layout, initial, frames, geometry.pages(), UnnamedPages.of(software, geometry));
    }

    private Finding judge(Model model, Machine machine, @Nullable Checkpoint kept) {
        for (Record part : machine.parts()) {
            if (part instanceof Reporting reporting) {
                notes.addAll(reporting.report());
            }
        }
        Exploration found = Explorer.explore(model, Clock.rest(settings.limits()), watcher, kept);
        if (kept != null && !kept.failure().isEmpty()) {
            notes.add(kept.failure());
        }
        List<Routine<?>> routines = new ArrayList<>();
        for (ActorSpec actor : actors) {
            routines.add(actor.routine());
        }
        Map<Property, Verdict> verdicts = new EnumMap<>(Property.class);
        for (Property property : properties) {
            verdicts.put(
                    property,
                    property == Property.PROGRESS
                            ? progress(model, machine, routines)
                            : verdict(property, found, model, machine, routines));
        }
        Finding.Reached points = points(model);
        Finding.Reached edges = edges(model);
        Set<Covered> covered = covered(model, found);
        return new Finding(
                platform.name(),
                threat,
                found,
                verdicts,
                covered,
                forbiddenWays(covered, model, machine, routines),
                points,
                edges,
                bounds(model),
                notes);
    }

    /** A way to each of what must never be reached here, and is. */
    private Map<Expectation.Reaches, Trace> forbiddenWays(
            Set<Covered> covered, Model model, Machine machine, List<Routine<?>> routines) {
        Map<Expectation.Reaches, Trace> ways = new LinkedHashMap<>();
        for (Expectation expectation : subject.expect()) {
            if (expectation instanceof Expectation.Reaches reaches
                    && reaches.never()
                    && reaches.platform().equals(platform.name())
                    && reaches.threat().equals(threat)
                    && covered.stream().anyMatch(reaches::isAbout)) {
                Forbidden forbidden = new Forbidden(reaches);
                try {
                    forbidden.way(model, machine, Clock.rest(settings.limits()), watcher)
                            .ifPresent(path -> ways.put(
                                    reaches, Replay.of(model, machine, vocabulary, routines, path)));
                } catch (LimitReached limit) {
                    notes.add("no trace of %s: %s".formatted(reaches.operation(), limit.getMessage()));
                }
            }
        }
        return ways;
    }

    private Verdict verdict(
            Property property, Exploration found, Model model, Machine machine, List<Routine<?>> routines) {
        Path path = found.breaches().get(property);
        if (path != null) {
            return violated(model, machine, routines, property, path);
        }
        if (found.stop() != Exploration.Stop.EXHAUSTED) {
            return new Verdict.Inconclusive(found.stop().inWords());
        }
        return property.isExercisedIn(found.exercised()) ? new Verdict.Safe() : new Verdict.Vacuous();
    }

    private Verdict violated(
            Model model, Machine machine, List<Routine<?>> routines, Property property, Path path) {
        Trace trace;
        try {
            trace = Replay.of(model, machine, vocabulary, routines, path);
        } catch (LimitReached limit) {
            return new Verdict.Inconclusive(String.valueOf(limit.getMessage()));
        }
        String seen = model.invariants().stream()
                .filter(invariant -> invariant.property() == property)
                .filter(invariant -> property.isBrokenIn(invariant.judge(path.last())))
                .map(invariant -> invariant.hurt(path.last()))
                .findFirst()
                .orElse("");
        String last = trace.steps().isEmpty() ? "the first state" : trace.steps().getLast().operation();
        return new Verdict.Violated(trace, seen.isEmpty() ? last : seen);
    }

    /** The goal is that every actor of the guest has returned; where there is none, every actor. */
    private Verdict progress(Model model, Machine machine, List<Routine<?>> routines) {
        List<SoftwareMover> concerned = model.software().stream()
                .filter(mover -> mover.actor().principal().isInGuest())
                .toList();
        // Where there is no guest, the host's own software is what should get on.
        List<SoftwareMover> wanted = concerned.isEmpty() ? model.software() : concerned;
        Predicate<State> goal = state -> wanted.stream().allMatch(mover -> hasReturned(mover, state));
        Limits limits = settings.limits();
        long most = Math.min(MOST_FOR_PROGRESS, limits.states());
        BooleanSupplier goOn = () -> Clock.stop(JUDGING_PROGRESS) == null;
        return switch (Progress.judge(model, goal, (int) most, goOn)) {
            case Progress.Result.Reachable reachable -> wanted.isEmpty() ? new Verdict.Vacuous() : new Verdict.Safe();
            case Progress.Result.Lost(Path path) ->
                violated(model, machine, routines, Property.PROGRESS, path);
            case Progress.Result.TooLarge(int states) ->
                new Verdict.Inconclusive("the limit of %,d states that progress keeps".formatted(states));
            case Progress.Result.Stopped() -> {
                Exploration.Stop stop = Objects.requireNonNull(Clock.stop(JUDGING_PROGRESS));
                yield new Verdict.Inconclusive("%s, while %s".formatted(stop.inWords(), JUDGING_PROGRESS));
            }
        };
    }

    private static boolean hasReturned(SoftwareMover mover, State state) {
        return mover.software().end(mover.point().get(state, mover.actor().index())) == Software.End.DONE;
    }

    private static Set<Covered> covered(Model model, Exploration found) {
        Set<Covered> covered = new LinkedHashSet<>();
        for (SoftwareMover mover : model.software()) {
            mover.eachEdgeSeen((from, code) -> covered.addAll(Covered.by(mover.software(), from, code)));
        }
        for (SoftwareMover mover : model.software()) {
            mover.eachLeftSeen((from, code) -> covered.addAll(Covered.by(mover.software(), from, code)));
        }
        int actors = model.software().size();
        for (int f = 0; f < model.families().size(); f++) {
            Family family = model.families().get(f);
            if (found.moved().get(actors + f) && !family.arguments().isEmpty()) {
                covered.add(Covered.drawn(family.operation(family.arguments().getFirst())));
            }
        }
        return covered;
    }

    private static Finding.Reached points(Model model) {
        int reached = 0;
        int all = 0;
        for (SoftwareMover mover : model.software()) {
            Set<Integer> seen = new LinkedHashSet<>(Set.of(0));
            mover.eachEdgeSeen((from, code) -> seen.add(mover.software().next(from, code)));
            reached += seen.size();
            all += mover.software().points();
        }
        return new Finding.Reached(reached, all);
    }

    private static Finding.Reached edges(Model model) {
        int[] reached = {0};
        int all = 0;
        for (SoftwareMover mover : model.software()) {
            mover.eachEdgeSeen((from, code) -> reached[0]++);
            all += mover.edges();
        }
        return new Finding.Reached(reached[0], all);
    }

    private String bounds(Model model) {
        MachineSpec machine = subject.machine();
        String large = machine.smallPerLarge() > 1
                ? ", %d small pages to a large one".formatted(machine.smallPerLarge())
                : "";
        Guards guards = subject.guards(platform.name());
        return "%s, %s%s, %s with software%s".formatted(
                count(machine.pages(), "page"),
                count(machine.frames(), "frame"),
                large,
                count(model.software().size(), "actor"),
                guards.anyOff() ? ", with %s switched off".formatted(guards.names()) : "");
    }

    private static String count(int number, String one) {
        return number + " " + one + (number == 1 ? "" : "s");
    }
}
