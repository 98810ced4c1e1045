package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;

/**
 * TDH.SYS.TDMR.INIT until the module names no address inside the TDMR as the next. Linux: init_tdmr.
 *
 * @param on the logical processor that calls
 * @param base of the TDMR
 * @param end first byte behind it
 * @param called calls so far, over all TDMRs; 0 unless one of them is to fail
 */
record InitialiseTdmr(int on, long base, long end, Injection injection,
        int called) implements Routine<BringUp.Initialised> {
    @Override
    public BringUp.Initialised run(Cpu cpu) {
        Seamcall.Returned returned = Calls.returned(
                cpu, new Seamcall(on, Calls.tdmrInit(base)), Call.SYS_TDMR_INIT, called + 1, injection);
        int counted = injection.call() == Call.SYS_TDMR_INIT && called < injection.occurrence() ? called + 1 : called;
        if (!returned.isSuccess()) {
            return new BringUp.Initialised(Statuses.errno(returned.rax()), counted);
        }
        return returned.rdx() < end
                ? cpu.become(new InitialiseTdmr(on, base, end, injection, counted))
                : new BringUp.Initialised(BringUpErrno.OK, counted);
    }
}
