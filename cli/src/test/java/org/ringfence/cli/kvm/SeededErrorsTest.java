package org.ringfence.cli.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ringfence.machine.operation.Guards;
import org.ringfence.stack.host.kvm.gmem.KvmCall;
import org.ringfence.stack.host.kvm.gmem.KvmGuard;
import org.ringfence.stack.host.kvm.gmem.KvmResult;
import org.ringfence.stack.host.kvm.gmem.KvmShape;

/** Comparing finds every error of the model that a check left out is; here against the model itself, as a kernel. */
class SeededErrorsTest {
    private static final long WITHIN = 10_000;
    private static final long FLAGS = 3;
    private static final long SEED = 7;

    private static List<KvmCall> sequence(long number) {
        return RandomCalls.sequence(SEED, number, true);
    }

    @ParameterizedTest
    @EnumSource(KvmGuard.class)
    void aCheckThatTheModelLacksIsFoundAndShrunk(KvmGuard guard) {
        Comparison comparison = new Comparison(
                new ModelKvm(KvmShape.wide(FLAGS, false, true, Guards.without(guard))),
                new ModelKvm(KvmShape.wide(FLAGS, false, true, Guards.allOn())));
        Comparison.Difference difference = comparison.run(WITHIN, SeededErrorsTest::sequence, () -> true);
        assertThat(difference).as(guard.printed()).isNotNull();
        assertThat(difference.repeats()).isTrue();
        assertThat(difference.calls()).hasSizeLessThanOrEqualTo(9);
        assertThat(difference.model()).isNotEqualTo(difference.judge());
    }

    @Test
    void thisMachinesKernelFindsTheLackOfAnUnmappingWhereThereIsOne() {
        ThisMachine.Outcome outcome = ThisMachine.compare(
                "/dev/kvm",
                WITHIN,
                SEED,
                Guards.without(KvmGuard.RELEASE_UNMAPS_GUEST),
                () -> true,
                lines -> {
                },
                () -> {
                    throw new AssertionError("a vCPU does not come back");
                });
        assumeTrue(outcome instanceof ThisMachine.Outcome.Compared);
        Comparison.Difference difference = ((ThisMachine.Outcome.Compared) outcome).difference();
        assertThat(difference).isNotNull();
        assertThat(difference.judge().exit()).isEqualTo(KvmResult.EXIT_MEMORY_FAULT);
    }

    @Test
    void twoThatAreTheSameDoNotDiffer() {
        Comparison comparison = new Comparison(
                new ModelKvm(KvmShape.wide(FLAGS, true, true, Guards.allOn())),
                new ModelKvm(KvmShape.wide(FLAGS, true, true, Guards.allOn())));
        assertThat(comparison.run(1_000, SeededErrorsTest::sequence, () -> true)).isNull();
        assertThat(comparison.sequences()).isEqualTo(1_000);
        assertThat(comparison.seen()).containsKeys("fallocate", "guest read", "host read", "mmap", "close");
    }

    @Test
    void aSequenceDependsOnItsSeedAndItsNumberOnly() {
        assertThat(sequence(5)).isEqualTo(sequence(5)).isNotEqualTo(sequence(6));
        assertThat(RandomCalls.sequence(8, 5, true)).isNotEqualTo(sequence(5));
        assertThat(sequence(5)).hasSizeBetween(1, RandomCalls.LONGEST);
    }
}
