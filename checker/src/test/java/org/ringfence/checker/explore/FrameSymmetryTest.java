package org.ringfence.checker.explore;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FrameSymmetryTest {
    @Test
    void allRenamingsOfAStateHaveOneRepresentativeAndItIsOneOfThem() {
        assertThat(Parts.frameSymmetryDiffers(5_000)).isEmpty();
    }
}
