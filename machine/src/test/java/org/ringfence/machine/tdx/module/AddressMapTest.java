package org.ringfence.machine.tdx.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.ringfence.machine.memory.Geometry;

/** Addresses and frames, in either direction. */
class AddressMapTest {
    private static final long GB = 1L << 30;

    private static AddressMap map(int perLarge, int first, int second) {
        Geometry geometry = new Geometry(perLarge, (first + second) * perLarge, perLarge);
        return AddressMap.of(geometry, GB, (long) first * perLarge, 2 * GB, (long) second * perLarge);
    }

    @Property
    void theFramesBelowAnAddressAreThoseWithASmallerOne(
            @ForAll @IntRange(min = 1, max = 4) int perLarge,
            @ForAll @IntRange(min = 1, max = 9) int first,
            @ForAll @IntRange(min = 1, max = 9) int second,
            @ForAll @LongRange(min = -0x5000, max = 0x180_0000) long offset) {
        AddressMap map = map(perLarge, first, second);
        for (AddressMap.Segment segment : map.segments()) {
            long hpa = segment.base() + offset;
            long smaller = IntStream.range(segment.first(), segment.first() + segment.count())
                    .filter(frame -> map.hpa(frame) < hpa)
                    .count();
            assertThat(map.below(segment, hpa)).isEqualTo((int) smaller);
        }
    }

    @Property
    void aFrameLiesAtItsAddress(
            @ForAll @IntRange(min = 1, max = 4) int perLarge, @ForAll @IntRange(min = 0, max = 71) int frame) {
        AddressMap map = map(perLarge, 9, 9);
        int chosen = frame % map.geometry().frames();
        assertThat(map.frame(map.hpa(chosen))).isEqualTo(chosen);
        assertThat(map.frame(map.hpa(chosen) + 0xFFF)).isEqualTo(chosen);
    }
}
