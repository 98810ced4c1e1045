package org.ringfence.platform.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.checker.check.Assembly;
import org.ringfence.checker.check.Options;
import org.ringfence.checker.check.ThreatModel;
import org.ringfence.checker.explore.Exploration;
import org.ringfence.checker.explore.Explorer;
import org.ringfence.checker.explore.FrameSymmetry;
import org.ringfence.checker.explore.Limits;
import org.ringfence.checker.explore.Model;
import org.ringfence.checker.explore.Path;
import org.ringfence.checker.explore.Software;
import org.ringfence.checker.explore.SoftwareMover;
import org.ringfence.checker.explore.Watcher;
import org.ringfence.checker.learn.Budget;
import org.ringfence.checker.learn.Learner;
import org.ringfence.checker.run.Replay;
import org.ringfence.checker.run.Trace;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Laws;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.host.StoreUnderKeyId0;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeBlock;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.machine.vocabulary.NoSuchOperation;
import org.ringfence.stack.guest.tdx.GiveUpSecret;
import org.ringfence.stack.guest.tdx.KeepSecret;

/**
 * A host that is not trusted, with two TDs: the engine finds what a plain search finds that tries every operation by
 * itself.
 */
public class TwoTdsTest {
    private static final TdxPlatform PLATFORM = new TdxPlatform();

    private static final List<Property> JUDGED =
            List.of(Property.INTEGRITY, Property.FRESHNESS, Property.CONFIDENTIALITY, Property.INJECTIVITY);

    /**
     * What is explored.
     *
     * @param first the software of the first TD's vCPU
     * @param second and of the second's
     * @param broken the properties that the host can break
     */
    record Scenario(
            int frames,
            Map<String, Object> options,
            Guards guards,
            Routine<?> first,
            Routine<?> second,
            Set<Property> broken) {}

    static Stream<Scenario> scenarios() {
        KeepSecret keep = KeepSecret.standard();
        GiveUpSecret give = new GiveUpSecret();
        return Stream.of(
                new Scenario(2, Map.of("tds", 2, "tracking", false), Guards.allOn(), keep, keep, Set.of()),
                new Scenario(1, Map.of("tds", 2, "integrity", "li", "shared-pages", true, "tracking", false),
                        Guards.allOn(), keep, give, Set.of()),
                new Scenario(1, Map.of("tds", 2, "tlbs", true, "association", true), Guards.allOn(), keep, keep,
                        Set.of()),
                new Scenario(1, Map.of("tds", 2, "integrity", "li", "tracking", false),
                        Guards.without(TdxGuard.AUG_FRAME_IS_FREE), give, keep,
                        Set.of(Property.INTEGRITY, Property.FRESHNESS, Property.INJECTIVITY)));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void theEngineFindsWhatAPlainSearchFinds(Scenario scenario) {
        Assembled assembled = Assembled.of(scenario);
        PlainSearch plain = new PlainSearch(assembled);

        assertThat(plain.breaches.keySet()).isEqualTo(scenario.broken());
        Exploration found = assembled.explore(false);
        assertThat(found.stop()).isEqualTo(Exploration.Stop.EXHAUSTED);
        assertThat(found.states()).isEqualTo(plain.depths.size());
        assertThat(found.transitions()).isEqualTo(plain.transitions);
        assertThat(found.depth()).isEqualTo(plain.depth);
        assertThat(found.moved()).as("who moves").isEqualTo(plain.moved());
        assertThat(found.exercised()).isEqualTo(plain.marks);
        assertThat(lengths(found)).as("moves to the nearest breach").isEqualTo(plain.breaches);
        Exploration renamed = assembled.explore(true);
        assertThat(renamed.states()).as("states up to the names of frames").isEqualTo(plain.orbits());
        assertThat(renamed.depth()).isEqualTo(plain.depth);
        assertThat(lengths(renamed)).isEqualTo(plain.breaches);
    }

    private static Map<Property, Integer> lengths(Exploration found) {
        Map<Property, Integer> lengths = new EnumMap<>(Property.class);
        found.breaches().forEach((property, path) -> lengths.put(property, path.moves().size()));
        return lengths;
    }

    @Test
    void everyOperationOfTheHostsReadsBackFromItsTextAndNamesItsTd() throws NoSuchOperation {
        Assembled assembled = Assembled.of(new Scenario(
                2,
                Map.of("tds", 2, "shared-pages", true, "entry-locks", true, "tables", true),
                Guards.allOn(),
                KeepSecret.standard(),
                new GiveUpSecret(),
                Set.of()));
        Set<String> printed = new HashSet<>();
        for (Family family : assembled.families()) {
            for (int arguments : family.arguments()) {
                Operation<?> operation = family.operation(arguments);
                String text = PLATFORM.vocabulary().print(operation).orElseThrow();
                assertThat(PLATFORM.vocabulary().parse(text, Principal.HOST)).as(text).isEqualTo(operation);
                assertThat(printed.add(text)).as("%s is printed as another", text).isTrue();
            }
        }
        assertThat(printed).anyMatch(text -> text.contains("td=1"));
    }

    @Test
    void whatTheHostDoesToTheSecondTdIsShownAndPlaysAgain() {
        Assembled assembled = Assembled.of(new Scenario(
                1,
                Map.of("tds", 2, "integrity", "li"),
                Guards.without(TdxGuard.AUG_FRAME_IS_FREE),
                KeepSecret.standard(),
                KeepSecret.standard(),
                Set.of(Property.INTEGRITY)));
        Path path = Objects.requireNonNull(assembled.explore(true).breaches().get(Property.INTEGRITY));

        Trace trace = Replay.of(
                assembled.model(true), assembled.machine(), PLATFORM.vocabulary(), assembled.routines(), path);

        assertThat(trace.steps()).extracting(Trace.Step::operation)
                .contains("TDH.MEM.PAGE.AUG td=0 rcx=0x0 frame=0", "TDH.MEM.PAGE.AUG td=1 rcx=0x0 frame=0");
    }

    @Test
    void theLawsAreOfEachTd() {
        Assembled assembled = Assembled.of(new Scenario(
                2,
                Map.of("tds", 2),
                Guards.without(TdxGuard.TD_IS_NOT_FATAL),
                KeepSecret.standard(),
                KeepSecret.standard(),
                Set.of()));
        Actor host = new Actor(2, Principal.HOST, "host");
        for (int td = 0; td < 2; td++) {
            Actor guest = assembled.movers().get(td).actor();
            State state = assembled.initial().snapshot();
            assembled.perform(state, host, new TdhMemPageAug(td, 0, new Frame(0)));
            assembled.perform(state, guest, new TdgMemPageAccept(0));
            assembled.perform(state, host, new StoreUnderKeyId0(new Frame(0)));
            assembled.perform(state, guest, new Load(0));
            State dead = state.snapshot();
            Operation<?> block = new TdhMemRangeBlock(td, 0);
            assembled.perform(state, host, block);

            long marks = assembled.machine().part(Laws.class).judge(dead, host, block, state);

            assertThat(Property.INTEGRITY.isBrokenIn(marks)).as("a leaf works on TD %d, which is fatal", td).isTrue();
        }
    }

    @Test
    void anL2IsOfTheFirstTd() throws Options.BadOption {
        Assembly assembly = Assembly.of(
                PLATFORM,
                new Geometry(1, 2, 1),
                Options.with(
                        PLATFORM.options(), Map.of("tds", 2, "l2", true, "l2-on-last-vcpu", true, "tlbs", true)),
                IntStream.range(0, 3).mapToObj(i -> new Actor(i, Principal.GUEST, "vcpu" + i)).toList(),
                ThreatModel.parse("malicious-l2"),
                Guards.allOn(),
                List.of());
        Machine machine = Layout.of(Layout.Storage.PACKED, 2, 1, assembly::declare).machine();

        assertThat(assembly.families(machine)).singleElement()
                .satisfies(family -> {
                    assertThat(family.principal()).isEqualTo(Principal.INNER_GUEST);
                    assertThat(family.actor().index()).as("the first TD's last vCPU").isEqualTo(1);
                });
    }

    /** A scenario on the platform's machine. */
    private record Assembled(
            Layout layout,
            Machine machine,
            State initial,
            List<SoftwareMover> movers,
            List<Family> families,
            List<Invariant> invariants,
            List<Routine<?>> routines) {

        private record Views(Machine machine, Bounded point) {}

        static Assembled of(Scenario scenario) {
            List<Actor> actors =
                    List.of(new Actor(0, Principal.GUEST, "first"), new Actor(1, Principal.GUEST, "second"));
            List<Routine<?>> routines = List.of(scenario.first(), scenario.second());
            List<Software> software = new ArrayList<>();
            routines.forEach(routine -> software.add(Learner.learn(routine, Budget.DEFAULT)));
            int most = software.stream().mapToInt(Software::mostPoints).max().orElseThrow();
            Assembly assembly = Assembly.of(
                    PLATFORM,
                    new Geometry(1, scenario.frames(), 1),
                    options(scenario),
                    actors,
                    ThreatModel.parse("malicious-host"),
                    scenario.guards(),
                    List.of());
            Layout.Placed<Views> placed = Layout.of(
                    Layout.Storage.PACKED,
                    scenario.frames(),
                    1,
                    declaration -> new Views(
                            assembly.declare(declaration),
                            declaration.table(Model.SOFTWARE, "actor", 2).bounded("point", most - 1)));
            Machine machine = placed.machine().machine();
            State initial = placed.layout().newState();
            assembly.begin(initial, machine);
            return new Assembled(
                    placed.layout(),
                    machine,
                    initial,
                    actors.stream()
                            .map(actor -> SoftwareMover.of(
                                    actor, software.get(actor.index()), machine, placed.machine().point()))
                            .toList(),
                    assembly.families(machine),
                    assembly.invariants(machine).stream()
                            .filter(invariant -> JUDGED.contains(invariant.property()))
                            .toList(),
                    routines);
        }

        void perform(State state, Actor actor, Operation<?> operation) {
            operation.on(machine, actor).take(state);
        }

        private static Record options(Scenario scenario) {
            try {
                return Options.with(PLATFORM.options(), scenario.options());
            } catch (Options.BadOption bad) {
                throw new AssertionError(bad.sentence(), bad);
            }
        }

        Model model(boolean symmetry) {
            return new Model(
                    layout, initial, movers, families, invariants, JUDGED,
                    symmetry ? FrameSymmetry.of(layout, movers) : null);
        }

        Exploration explore(boolean symmetry) {
            return Explorer.explore(model(symmetry), Limits.standard(), Watcher.patient());
        }
    }

    /** Whole states in a map, and every argument of every family by its operation alone. */
    private static final class PlainSearch {
        private final Assembled assembled;
        private final Cpus cpus;
        private final List<List<Step>> families = new ArrayList<>();
        private final Map<List<Long>, Integer> depths = new HashMap<>();
        private final Map<Property, Integer> breaches = new EnumMap<>(Property.class);
        private final boolean[] moved;
        private long transitions;
        private long marks;
        private int depth;

        PlainSearch(Assembled assembled) {
            this.assembled = assembled;
            this.cpus = assembled.machine().part(Cpus.class);
            this.moved = new boolean[assembled.movers().size() + assembled.families().size()];
            for (Family family : assembled.families()) {
                families.add(family.arguments().stream()
                        .map(arguments -> family.operation(arguments).on(assembled.machine(), family.actor()))
                        .toList());
            }
            explore();
        }

        private void explore() {
            Deque<State> open = new ArrayDeque<>(List.of(assembled.initial().snapshot()));
            depths.put(words(assembled.initial()), 0);
            while (!open.isEmpty()) {
                State state = open.remove();
                depth = depths.getOrDefault(words(state), 0);
                for (Invariant invariant : assembled.invariants()) {
                    judge(invariant.judge(state), depth);
                }
                for (State after : moves(state)) {
                    transitions++;
                    judge(after.observed(), depth + 1);
                    after.forgetObserved();
                    if (depths.putIfAbsent(words(after), depth + 1) == null) {
                        open.add(after);
                    }
                }
            }
        }

        private void judge(long seen, int moves) {
            marks |= seen;
            for (Property property : JUDGED) {
                if (property.isBrokenIn(seen)) {
                    breaches.putIfAbsent(property, moves);
                }
            }
        }

        private List<State> moves(State from) {
            List<State> all = new ArrayList<>();
            for (int m = 0; m < moved.length; m++) {
                int had = all.size();
                if (m < assembled.movers().size()) {
                    software(assembled.movers().get(m), from, all);
                } else {
                    for (Step step : families.get(m - assembled.movers().size())) {
                        State after = from.snapshot();
                        if (step.take(after) == 0) {
                            all.add(after);
                        }
                    }
                }
                moved[m] |= all.size() > had;
            }
            return all;
        }

        private void software(SoftwareMover mover, State from, List<State> all) {
            int index = mover.actor().index();
            Operation<?> operation = mover.software().operation(mover.point().get(from, index));
            if (operation == null) {
                return;
            }
            State after = from.snapshot();
            switch (cpus.status().get(from, index)) {
                case EXITED, CALLING -> {}
                case ANSWERED -> arrive(mover, after, cpus.takeAnswer(after, index), all);
                case RUNNING -> {
                    long outcome = operation.on(assembled.machine(), mover.actor()).take(after);
                    if (Outcome.choices(outcome) > 0) {
                        for (int code = 0; code < Outcome.choices(outcome); code++) {
                            State chosen = from.snapshot();
                            operation.on(assembled.machine(), mover.actor()).take(chosen);
                            arrive(mover, chosen, code, all);
                        }
                    } else if (outcome >= 0) {
                        arrive(mover, after, outcome, all);
                    } else if (outcome != Outcome.WAITS) {
                        cpus.status().set(
                                after, index, outcome == Outcome.EXITS ? Cpus.Status.EXITED : Cpus.Status.CALLING);
                        all.add(after);
                    }
                }
            }
        }

        private static void arrive(SoftwareMover mover, State after, long code, List<State> all) {
            int index = mover.actor().index();
            int to = mover.software().next(mover.point().get(after, index), code);
            mover.point().set(after, index, to);
            Software.End end = mover.software().end(to);
            if (end != null) {
                after.observe(end == Software.End.PANIC
                        ? Property.AVAILABILITY.broken()
                        : Property.AVAILABILITY.exercised());
            }
            all.add(after);
        }

        List<Boolean> moved() {
            return IntStream.range(0, moved.length).mapToObj(m -> moved[m]).toList();
        }

        /** How many states there are that no renaming of frames makes equal, of which there are two at most. */
        int orbits() {
            Set<List<Long>> least = new HashSet<>();
            State state = assembled.initial().snapshot();
            State other = assembled.initial().snapshot();
            for (List<Long> words : depths.keySet()) {
                Arrays.setAll(state.words(), words::get);
                exchange(state, other);
                least.add(Arrays.compare(state.words(), other.words()) <= 0 ? words : words(other));
            }
            return least.size();
        }

        /** Makes {@code to} what {@code from} is with the last frame called the first and the first the last. */
        private void exchange(State from, State to) {
            int last = assembled.layout().frames() - 1;
            for (Layout.Table table : assembled.layout().tables()) {
                for (int index = 0; index < table.count(); index++) {
                    for (Layout.Field field : table.fields()) {
                        long bits = field.get(from, index);
                        boolean names = field.kind() instanceof Layout.Kind.FrameName && bits != 0;
                        field.set(to, table.perFrame() ? last - index : index, names ? last - bits + 2 : bits);
                    }
                }
            }
        }

        private static List<Long> words(State state) {
            return Arrays.stream(state.words()).boxed().toList();
        }
    }
}
