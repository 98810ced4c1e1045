package org.ringfence.stack.guest.uefi.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.RunningCpu;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;

/** The vectors F1 to F5: in which sizes TdxDxe accepts. */
class AcceptVectorsTest {
    private static final int SMALL = 512;

    /** Answers each accept with the same result. */
    private static final class Answering extends RunningCpu {
        private final TdgMemPageAccept.Result result;
        private final List<Integer> levels = new ArrayList<>();

        Answering(TdgMemPageAccept.Result result) {
            this.result = result;
        }

        @Override
        public <R> R ask(Operation<R> operation) {
            if (operation instanceof TdgMemPageAccept(long rcx)) {
                levels.add(SeptOperand.level(rcx));
                return operation.results().decode(result.ordinal(), this);
            }
            return operation.results().decode(0, this);
        }

        long of(int level) {
            return levels.stream().filter(one -> one == level).count();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "F1, 0x200000, 0x200000, 512, 0",
        "F2, 0x200000, 0x201000, 1, 1",
        "F3, 0x1FF000, 0x402000, 2, 2"
    })
    void sizes(String number, String gpa, String size, long small, long large) {
        Answering cpu = new Answering(TdgMemPageAccept.Result.TDX_SUCCESS);
        new AcceptOnTdx(SMALL).accept(cpu, Long.decode(gpa), Long.decode(size));
        assertThat(cpu.of(0)).as("4K").isEqualTo(small);
        assertThat(cpu.of(1)).as("2M").isEqualTo(large);
    }

    @Test
    void f3BeginsAndEndsWithASmallPage() {
        Answering cpu = new Answering(TdgMemPageAccept.Result.TDX_SUCCESS);
        new AcceptOnTdx(SMALL).accept(cpu, 0x1FF000, 0x402000);
        assertThat(cpu.levels).containsExactly(0, 1, 1, 0);
    }

    @Test
    void f5APageThatWasAcceptedBeforeIsASuccess() {
        Answering cpu = new Answering(TdgMemPageAccept.Result.TDX_PAGE_ALREADY_ACCEPTED);
        new AcceptOnTdx(SMALL).accept(cpu, 0x1000, 0x1000);
        assertThat(cpu.of(0)).as("duplicates").isEqualTo(1);
    }

    @Test
    void aSizeThatDoesNotMatchFallsBackTo512SmallPages() {
        RunningCpu mismatch = new RunningCpu() {
            private int small;

            @Override
            public <R> R ask(Operation<R> operation) {
                if (operation instanceof TdgMemPageAccept(long rcx) && SeptOperand.level(rcx) == 1) {
                    return operation.results()
                            .decode(TdgMemPageAccept.Result.TDX_PAGE_SIZE_MISMATCH_2M.ordinal(), this);
                }
                small += operation instanceof TdgMemPageAccept ? 1 : 0;
                return operation.results().decode(0, this);
            }

            @Override
            public String toString() {
                return small + " small";
            }
        };
        new AcceptOnTdx(SMALL).accept(mismatch, 0x200000, 0x400000);
        assertThat(mismatch).hasToString("1024 small");
    }
}
