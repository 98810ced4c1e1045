package org.ringfence.checker.explore;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ParentLogTest {
    @Test
    void everyStateFindsItsParentThroughRoundsThatFoundNothing() {
        assertThat(Parts.parentLogDiffers(1_000)).isEmpty();
    }
}
