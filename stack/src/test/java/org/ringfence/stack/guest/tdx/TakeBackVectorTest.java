package org.ringfence.stack.guest.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.RunningCpu;
import org.ringfence.machine.tdx.td.RetryAddress;
import org.ringfence.machine.tdx.tdcall.ReadRetryAddress;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;

/** The vector I17: which pages of 2M are accepted when MapGPA to private is done in two calls. */
class TakeBackVectorTest {
    private static final Geometry PAGES = new Geometry(512, 512, 512);
    private static final long HALF = 0x10_0000;

    /** Answers the first MapGPA to private with RETRY at 1M, and all else with success. */
    private static final class RetryingHost extends RunningCpu {
        private final List<TdgVpVmcallMapGpa> toPrivate = new ArrayList<>();
        private final List<Long> accepted = new ArrayList<>();

        @Override
        public <R> R ask(Operation<R> operation) {
            return switch (operation) {
                case TdgVpVmcallMapGpa call when call.to() == Mapping.PRIVATE -> {
                    toPrivate.add(call);
                    yield decoded(operation.results(), toPrivate.size() == 1
                            ? answer -> ((Answer) answer).is(TdgVpVmcallMapGpa.RETRY)
                            : answer -> ((Answer) answer).is(TdgVpVmcallMapGpa.SUCCESS));
                }
                case ReadRetryAddress read ->
                    decoded(operation.results(), answer -> answer.equals(new RetryAddress(HALF)));
                case TdgMemPageAccept(long rcx) -> {
                    accepted.add(rcx);
                    yield operation.results().decode(0, this);
                }
                default -> operation.results().decode(0, this);
            };
        }

        private <R> R decoded(Results<R> results, java.util.function.Predicate<Object> wanted) {
            return IntStream.range(0, results.count())
                    .mapToObj(code -> results.decode(code, this))
                    .filter(wanted)
                    .findFirst()
                    .orElseThrow();
        }
    }

    @ParameterizedTest(name = "I17, {0}")
    @CsvSource({"LAST_CALL, 256, 0x100000", "ALL, 512, 0x0"})
    void theUpperHalfOrAllOfIt(TakeBackRange.Accepts accepts, int pages, String first) {
        RetryingHost cpu = new RetryingHost();
        new TakeBackRange(PAGES, accepts).run(cpu);
        assertThat(cpu.toPrivate).containsExactly(
                new TdgVpVmcallMapGpa(Mapping.PRIVATE, 0, Geometry.LARGE),
                new TdgVpVmcallMapGpa(Mapping.PRIVATE, HALF, HALF));
        List<Long> after = cpu.accepted.subList(512, cpu.accepted.size());
        assertThat(after).hasSize(pages).first().isEqualTo(Long.decode(first));
        assertThat(after).last().isEqualTo(Geometry.LARGE - Geometry.SMALL);
    }
}
