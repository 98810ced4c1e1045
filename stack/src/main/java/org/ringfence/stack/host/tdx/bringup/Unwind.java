package org.ringfence.stack.host.tdx.bringup;

import java.util.List;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;

/**
 * Gives the PAMTs' memory back after a failure. Where the module may have written there, dirty lines under the global
 * KeyID are flushed first, and on a processor with the partial-write erratum the memory is overwritten line by line.
 * Linux: init_tdx_module, err_reset_pamts and what follows.
 *
 * @param touched whether the module may have written to PAMTs
 */
record Unwind(Host host, List<Tdmr> tdmrs, BringUpChoices choices,
        boolean touched) implements Routine<BringUp.Unwinding> {
    Unwind {
        tdmrs = List.copyOf(tdmrs);
    }

    @Override
    public BringUp.Unwinding run(Cpu cpu) {
        boolean flushed = touched && choices.unwindFlush();
        if (flushed) {
            cpu.call(new FlushCaches(host, choices.unwindFlushOn()));
        }
        boolean reset = touched && isReset(cpu);
        if (reset) {
            for (Tdmr tdmr : tdmrs) {
                cpu.ask(new ResetMemory(tdmr.pamt().base(), tdmr.pamt().size()));
            }
        }
        return new BringUp.Unwinding(flushed, reset, true);
    }

    private boolean isReset(Cpu cpu) {
        return switch (choices.unwindReset()) {
            case NEVER -> false;
            case ON_ERRATUM -> cpu.ask(new HasErratum());
            case ALWAYS -> true;
        };
    }
}
