package org.ringfence.checker.explore;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.ringfence.machine.operation.Property;

class DeepTest {
    private static final int LEVELS = 200_000;

    @Test
    void manyLevelsAreNotSlow() {
        Model model = Counting.model(new Counting.Chain(0, LEVELS), 0, LEVELS, 1);

        Exploration found = Counting.explore(model, Counting.limits(1L << 20, 2));

        System.out.printf("%,d levels in %.2f s%n", LEVELS, found.seconds());
        assertThat(found.depth()).isEqualTo(LEVELS);
        assertThat(found.states()).isEqualTo(LEVELS + 1L);
        Path path = found.breaches().get(Property.INTEGRITY);
        assertThat(path).isNotNull();
        assertThat(path.moves()).hasSize(LEVELS);
        assertThat(found.seconds()).as("seconds").isLessThan(20);
    }
}
