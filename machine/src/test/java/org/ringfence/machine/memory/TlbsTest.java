package org.ringfence.machine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

class TlbsTest {
    private static final int CPUS = 2;
    private static final int CONTEXTS = 2;
    private static final int PAGES = 4;
    private static final int FRAMES = 8;

    enum Kind {
        FILL,
        FILL_TWO,
        FLUSH_PAGE,
        FLUSH_CONTEXT,
        FLUSH_CPU,
        FLUSH_EVERYWHERE
    }

    record Move(Kind kind, int cpu, int context, int page, int frame, int rights) {}

    record Place(int cpu, int context, int page) {}

    record Kept(int frame, int rights) {}

    @Provide
    Arbitrary<List<Move>> moves() {
        return Combinators.combine(
                Arbitraries.of(Kind.class),
                Arbitraries.integers().between(0, CPUS - 1),
                Arbitraries.integers().between(0, CONTEXTS - 1),
                Arbitraries.integers().between(0, PAGES - 2),
                Arbitraries.integers().between(0, FRAMES - 2),
                Arbitraries.integers().between(0, 3))
                .as(Move::new)
                .list()
                .ofMaxSize(30);
    }

    private static Layout.Placed<Wrapped> declare(int entries) {
        return Layout.of(
                Layout.Storage.PACKED,
                FRAMES,
                1,
                declaration -> new Wrapped(Tlbs.declare(declaration, CPUS, CONTEXTS, PAGES, entries, 3)));
    }

    record Wrapped(Tlbs tlbs) {}

    @Property
    void aTranslationIsUsableUntilItIsFlushed(@ForAll("moves") List<Move> moves) {
        Layout.Placed<Wrapped> placed = declare(PAGES);
        Tlbs tlbs = placed.machine().tlbs;
        State state = placed.layout().newState();
        Map<Place, Kept> kept = new HashMap<>();

        for (Move move : moves) {
            perform(tlbs, state, move);
            note(kept, move);
            for (Place place : places()) {
                Kept expected = kept.get(place);
                assertThat(tlbs.frame(state, place.cpu, place.context, place.page))
                        .isEqualTo(expected == null ? Tlbs.NONE : expected.frame);
                assertThat(tlbs.usable(state, place.cpu, place.context, place.page, 2))
                        .isEqualTo(expected == null || (expected.rights & 2) == 0 ? Tlbs.NONE : expected.frame);
                assertThat(tlbs.isKept(state, place.page))
                        .isEqualTo(kept.keySet().stream().anyMatch(other -> other.page == place.page));
            }
        }
        if (kept.isEmpty()) {
            assertThat(state.sameWords(placed.layout().newState())).as("nothing kept, no bit left").isTrue();
        }
    }

    @Property
    void aSmallerTlbKeepsNothingButWhatTheLargeOneKeeps(@ForAll("moves") List<Move> moves) {
        Tlbs small = declare(2).machine().tlbs;
        State state = declare(2).layout().newState();
        Map<Place, Kept> kept = new HashMap<>();

        for (Move move : moves) {
            perform(small, state, move);
            note(kept, move);
            for (Place place : places()) {
                int frame = small.frame(state, place.cpu, place.context, place.page);
                if (frame != Tlbs.NONE) {
                    assertThat(kept.get(place))
                            .isEqualTo(new Kept(frame, small.rights(state, place.cpu, place.context, place.page)));
                }
            }
            if (move.kind == Kind.FILL) {
                assertThat(small.frame(state, move.cpu, move.context, move.page)).isEqualTo(move.frame);
            }
        }
    }

    @Test
    void aMachineWithoutTlbsKeepsNothingAndCostsNoBit() {
        Layout.Placed<Wrapped> placed = Layout.of(
                Layout.Storage.PACKED, FRAMES, 1, declaration -> new Wrapped(Tlbs.none(declaration)));
        assertThat(placed.layout().bits()).isZero();
        Tlbs tlbs = placed.machine().tlbs;
        assertThat(tlbs.present()).isFalse();
        assertThat(tlbs.frame(placed.layout().newState(), 0, 0, 0)).isEqualTo(Tlbs.NONE);
    }

    private static List<Place> places() {
        List<Place> places = new java.util.ArrayList<>();
        for (int cpu = 0; cpu < CPUS; cpu++) {
            for (int context = 0; context < CONTEXTS; context++) {
                for (int page = 0; page < PAGES; page++) {
                    places.add(new Place(cpu, context, page));
                }
            }
        }
        return places;
    }

    private static void perform(Tlbs tlbs, State state, Move move) {
        switch (move.kind) {
            case FILL -> tlbs.fill(state, move.cpu, move.context, move.page, move.frame, 1, move.rights);
            case FILL_TWO -> tlbs.fill(state, move.cpu, move.context, move.page, move.frame, 2, move.rights);
            case FLUSH_PAGE -> tlbs.flush(state, move.cpu, move.context, move.page, 1);
            case FLUSH_CONTEXT -> tlbs.flush(state, move.cpu, move.context);
            case FLUSH_CPU -> tlbs.flush(state, move.cpu);
            case FLUSH_EVERYWHERE -> tlbs.flushPages(state, move.page, 2);
        }
    }

    private static void note(Map<Place, Kept> kept, Move move) {
        Place place = new Place(move.cpu, move.context, move.page);
        switch (move.kind) {
            case FILL -> kept.put(place, new Kept(move.frame, move.rights));
            case FILL_TWO -> {
                kept.put(place, new Kept(move.frame, move.rights));
                kept.put(new Place(move.cpu, move.context, move.page + 1), new Kept(move.frame + 1, move.rights));
            }
            case FLUSH_PAGE -> kept.remove(place);
            case FLUSH_CONTEXT ->
                kept.keySet().removeIf(other -> other.cpu == move.cpu && other.context == move.context);
            case FLUSH_CPU -> kept.keySet().removeIf(other -> other.cpu == move.cpu);
            case FLUSH_EVERYWHERE ->
                kept.keySet().removeIf(other -> other.page == move.page || other.page == move.page + 1);
        }
    }
}
