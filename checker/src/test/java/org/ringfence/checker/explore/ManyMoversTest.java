package org.ringfence.checker.explore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Word;

class ManyMoversTest {
    private static final int MOVERS = 200;

    @Test
    void whoMovedIsToldOfEachHoweverManyThereAre() {
        Layout.Placed<Word> placed = Layout.of(
                Layout.Storage.PACKED, 0, 1, declaration -> declaration.table("word", "number", 1).word("value"));
        State initial = placed.layout().newState();
        Word word = placed.machine();
        List<Integer> moving = List.of(3, 70, 135, 199);
        List<Counting> families = IntStream.range(0, MOVERS)
                .mapToObj(i -> new Counting(word, new Counting.Chain(0, moving.contains(i) ? 5 : 0)))
                .toList();
        Model model = new Model(
                placed.layout(),
                initial,
                List.of(),
                families,
                List.of(new Counting.Never(word, 5)),
                List.of(Property.INTEGRITY),
                null);

        Exploration found = Counting.explore(model, Counting.limits(100, 2));

        assertThat(IntStream.range(0, MOVERS).filter(found.moved()::get).boxed().toList()).isEqualTo(moving);
        assertThat(found.transitions()).isEqualTo(4 * 5);
        Path path = found.breaches().get(Property.INTEGRITY);
        assertThat(path).isNotNull();
        assertThat(path.moves()).hasSize(5);
    }
}
