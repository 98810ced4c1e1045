package org.ringfence.checker.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.operation.Choose;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/** Pages with a counter each. */
class PageCheckTest {
    private static final Limits LIMITS = new Limits(100_000, 1L << 30, Duration.ofMinutes(1), 1);
    private static final int PAGES = 5;
    private static final int LAST = 3;

    /** Adds one to the counter of any page; to that of {@code late} only once the counters of all others are full. */
    private record Count(Bounded counter, int late) implements Family {
        @Override
        public Principal principal() {
            return Principal.HOST;
        }

        @Override
        public List<Integer> arguments() {
            return IntStream.range(0, PAGES).boxed().toList();
        }

        @Override
        public Operation<?> operation(int page) {
            return new Choose(1 + page);
        }

        @Override
        public void each(State state, Successors successors) {
            for (int page = 0; page < PAGES; page++) {
                int now = counter.get(state, page);
                if (now < LAST && (page != late || isFull(state))) {
                    counter.set(state, page, now + 1);
                    successors.take(page);
                }
            }
        }

        private boolean isFull(State state) {
            return IntStream.range(0, PAGES).allMatch(page -> page == late || counter.get(state, page) == LAST);
        }
    }

    private static Model model(int late) {
        Layout.Placed<Bounded> placed = Layout.of(
                Layout.Storage.PACKED,
                1,
                1,
                declaration -> declaration.perPage("page", PAGES).bounded("counter", LAST));
        State initial = placed.layout().newState();
        return new Model(
                placed.layout(),
                initial,
                List.of(),
                List.of(new Count(placed.machine(), late)),
                List.of(),
                List.of(Property.INTEGRITY),
                PageSymmetry.of(placed.layout(), initial, null, PAGES, List.of(0, 1, 2, 3, 4)));
    }

    @Test
    void statesThatDifferByNamesOfPagesAreSearchedOnceAndAllCounted() {
        Exploration found = Explorer.explore(model(-1), LIMITS, Watcher.patient());
        assertThat(found.states()).isEqualTo(4 * 4 * 4 * 4 * 4);
        // In each state as many moves as there are counters below 3.
        assertThat(found.transitions()).isEqualTo(5 * 3 * 4 * 4 * 4 * 4);
        // Multisets of 5 counters of 4 values.
        assertThat(found.searched()).isEqualTo(56);
    }

    @Test
    void whoTreatsTwoPagesDifferentlyIsFoundAndNamed() {
        assertThatThrownBy(() -> Explorer.explore(model(3), LIMITS, Watcher.patient()))
                .isInstanceOf(PagesToldApart.class)
                .hasMessageMatching("choose treats pages \\d and \\d differently");
    }
}
