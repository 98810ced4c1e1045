package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;

/**
 * TDH.SYS.INIT on the first processor that is online, and TDH.SYS.LP.INIT on each. Linux: tdx_cpu_enable,
 * try_init_module_global.
 *
 * @param next the first processor that is still to do
 * @param begun whether TDH.SYS.INIT is done
 * @param called calls of the leaf function that is called next, those included that were repeated while one of them is
 *     to fail
 */
record EnableProcessors(Host host, BringUpChoices choices, Injection injection, int next, boolean begun, int called)
        implements
            Routine<BringUpErrno> {
    @Override
    public BringUpErrno run(Cpu cpu) {
        if (next == host.cpus()) {
            return BringUpErrno.OK;
        }
        if (!cpu.ask(new IsOnline(next))) {
            return cpu.become(at(next + 1, begun, called));
        }
        Seamcall.Returned returned = begun
                ? Calls.returned(cpu, new Seamcall(next, Calls.lpInit()), Call.SYS_LP_INIT, called + 1, injection)
                : Calls.returned(cpu, new Seamcall(next, Calls.init()), Call.SYS_INIT, called + 1, injection);
        if (returned.isSuccess()) {
            return cpu.become(begun ? at(next + 1, true, called + 1) : at(next, true, 0));
        }
        return choices.retries(returned.rax())
                ? cpu.become(at(next, begun, counted()))
                : Statuses.errno(returned.rax());
    }

    /** Repeated calls are counted only while one of them is to fail, so that a retry comes back to where it was. */
    private int counted() {
        return injection.call() == (begun ? Call.SYS_LP_INIT : Call.SYS_INIT) && called < injection.occurrence()
                ? called + 1
                : called;
    }

    private EnableProcessors at(int processor, boolean initialised, int done) {
        return new EnableProcessors(host, choices, injection, processor, initialised, done);
    }
}
