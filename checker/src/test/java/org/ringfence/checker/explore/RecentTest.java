package org.ringfence.checker.explore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RecentTest {
    private static final int KEYS = 20_000;

    @Test
    void onlyKeysThatCameBeforeAreDroppedAndSomeAre() {
        SplittableRandom random = new SplittableRandom(3);
        Recent recent = new Recent(8, -1);
        Set<Long> before = new HashSet<>();
        int dropped = 0;
        for (int piece = 0; piece < KEYS / 100; piece++) {
            long[] keys = random.longs(100, 0, 2_000).toArray();
            long[] given = keys.clone();
            long[] references = new long[100];
            for (int i = 0; i < 100; i++) {
                references[i] = i;
            }
            int kept = recent.drop(keys, references, 100);
            Set<Long> places = new HashSet<>();
            for (int i = 0; i < kept; i++) {
                assertThat(keys[i]).isEqualTo(given[(int) references[i]]);
                places.add(references[i]);
            }
            for (int i = 0; i < 100; i++) {
                boolean fresh = before.add(given[i]);
                assertThat(places.contains((long) i) || !fresh).as("a new key is kept").isTrue();
            }
            dropped += 100 - kept;
        }
        assertThat(dropped).isPositive();
    }

    @Test
    void entriesOfSeveralWordsAreDroppedAsTheirKeysAre() {
        SplittableRandom random = new SplittableRandom(5);
        long[] keys = random.longs(KEYS, 0, 500).toArray();
        List<Long> byHas = new ArrayList<>();
        Recent asked = new Recent(6, -1);
        long[] entries = new long[3 * KEYS];
        for (int i = 0; i < KEYS; i++) {
            if (!asked.has(keys[i])) {
                byHas.add((long) i);
            }
            entries[3 * i] = keys[i];
            entries[3 * i + 1] = i;
            entries[3 * i + 2] = -i;
        }
        int length = new Recent(6, -1).drop(entries, 0, 3 * KEYS, 3);
        assertThat(length).isEqualTo(3 * byHas.size());
        for (int i = 0; i < byHas.size(); i++) {
            assertThat(entries[3 * i + 1]).isEqualTo(byHas.get(i));
            assertThat(entries[3 * i + 2]).isEqualTo(-byHas.get(i));
        }
    }
}
