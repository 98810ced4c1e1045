package org.ringfence.wasm.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.checker.explore.Software;
import org.ringfence.checker.learn.Budget;
import org.ringfence.checker.learn.CompleteSoftware;
import org.ringfence.checker.learn.Learner;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Operation;
import org.ringfence.stack.guest.svsm.CallOperation;
import org.ringfence.wasm.RealCode;
import org.ringfence.wasm.WasmStart;
import org.ringfence.wasm.module.WasmFile;

/** Learned by snapshots of memory or by running each history anew, a module is the same automaton. */
class SnapshotsAndHistoriesTest {

    /**
     * Loops without a bound have infinitely many histories: so each point and each edge that snapshots have is held
     * against the history that leads there.
     */
    @ParameterizedTest
    @CsvSource({
        "take-back-broken, 1, 1, ''",
        "take-back-repaired, 1, 1, ''",
        "take-back-broken, 2, 2, ''",
        "take-back-repaired, 2, 2, ''",
        "page-state-broken, 2, 1, ghcb+0x800 as psc of 1",
        "page-state-repaired, 2, 1, ghcb+0x800 as psc of 1",
        "bitmap-broken, 2, 1, accepted as u32 of 1 below 4",
        "bitmap-repaired, 2, 1, accepted as u32 of 1 below 4"
    })
    void agreeOnEveryEdge(String sample, int pages, long argument, String shared) {
        WasmFile file = RealCode.sample(sample);
        Geometry geometry = new Geometry(pages, 2 * pages, pages);
        List<Long> arguments = List.of(argument);
        CompleteSoftware snapshots = (CompleteSoftware) Learner.learn(
                WasmStart.of(file, "entry", arguments, geometry, shared), Budget.DEFAULT.checked());
        Software histories = Learner.learnLazily(ReExecuted.of(file, arguments, geometry, shared), Budget.DEFAULT);

        int[] other = new int[snapshots.points()];
        java.util.Arrays.fill(other, -1);
        other[0] = 0;
        List<Integer> open = new ArrayList<>(List.of(0));
        int edges = 0;
        for (int at = 0; at < open.size(); at++) {
            int point = open.get(at);
            for (int code = 0; code < results(snapshots.operation(point)); code++) {
                int next = snapshots.next(point, code);
                int same = histories.next(other[point], code);
                assertThat(histories.operation(same)).isEqualTo(snapshots.operation(next));
                assertThat(histories.end(same)).isEqualTo(snapshots.end(next));
                assertThat(histories.reason(same)).isEqualTo(snapshots.reason(next));
                if (other[next] < 0) {
                    other[next] = same;
                    open.add(next);
                }
                edges++;
            }
        }
        assertThat(open).hasSize(snapshots.points());
        assertThat(edges).isGreaterThan(snapshots.points());
    }

    /** What the inner guest calls for, and what lies in its lists, is any number: some of each kind are tried. */
    @ParameterizedTest
    @CsvSource({"monitor-broken", "monitor-repaired"})
    void agreeOnEveryEdgeOfAMonitor(String sample) {
        WasmFile file = RealCode.sample(sample);
        Geometry geometry = new Geometry(2, 2, 1);
        List<Long> arguments = List.of(2L);
        Software snapshots =
                Learner.learnLazily(WasmStart.of(file, "entry", arguments, geometry, ""), Budget.DEFAULT);
        Software histories = Learner.learnLazily(ReExecuted.of(file, arguments, geometry, ""), Budget.DEFAULT);
        Map<Integer, Integer> other = new HashMap<>(Map.of(0, 0));
        List<Integer> open = new ArrayList<>(List.of(0));
        int edges = 0;
        for (int at = 0; at < open.size(); at++) {
            int point = open.get(at);
            for (long code : codes(snapshots.operation(point))) {
                int next = snapshots.next(point, code);
                int same = histories.next(Objects.requireNonNull(other.get(point)), code);
                assertThat(histories.operation(same)).isEqualTo(snapshots.operation(next));
                assertThat(histories.end(same)).isEqualTo(snapshots.end(next));
                assertThat(histories.reason(same)).isEqualTo(snapshots.reason(next));
                if (other.putIfAbsent(next, same) == null) {
                    open.add(next);
                }
                edges++;
            }
        }
        assertThat(open).hasSizeGreaterThan(50);
        assertThat(edges).isGreaterThan(100);
    }

    private static long[] codes(@org.jspecify.annotations.Nullable Operation<?> operation) {
        return switch (operation) {
            case CallOperation.AwaitCall() -> new long[] {1, 6, 1L << 32};
            case CallOperation.ReadCall(_) -> new long[] {3, 8, 0x1000};
            case CallOperation.ReadWord(long gpa) when gpa == 8 ->
                new long[] {0, 1, 2, 1 << 16 | 2, CallOperation.NOT_VALIDATED};
            case CallOperation.ReadWord(_) -> new long[] {0, 0xC, 0x10, 0x1004, CallOperation.NOT_VALIDATED};
            case null -> new long[0];
            default -> LongStream.range(0, operation.results().count()).toArray();
        };
    }

    private static int results(@org.jspecify.annotations.Nullable Operation<?> operation) {
        return operation == null ? 0 : operation.results().count();
    }

    /** Code without such a loop can be learned both ways, and to the end. */
    @Test
    void areOneAutomaton() {
        WasmFile file = RealCode.compiled("choices", """
                #include "ringfence.h"
                static int seen[4];
                RINGFENCE_EXPORT("entry") void entry(int rounds)
                {
                    int spilled[4] = { 0 };
                    for (int i = 0; i < rounds; i++) {
                        spilled[ringfence_choose(4)]++;
                        seen[ringfence_choose(2)] += spilled[i & 3];
                    }
                    if (seen[1] > 2)
                        ringfence_panic_at("too many", seen[1] * 16 + spilled[3]);
                    ringfence_store(0, seen[0] > 1 ? RINGFENCE_DATA : RINGFENCE_NEWER);
                }
                """);
        Geometry geometry = new Geometry(1, 1, 1);
        Software snapshots = Learner.learn(WasmStart.of(file, "entry", List.of(4L), geometry, ""), Budget.DEFAULT);
        Software histories = Learner.learn(ReExecuted.of(file, List.of(4L), geometry, ""), Budget.DEFAULT);
        assertThat(((CompleteSoftware) snapshots).hash()).isEqualTo(((CompleteSoftware) histories).hash());
        assertThat(snapshots.points()).isGreaterThan(50);
    }
}
