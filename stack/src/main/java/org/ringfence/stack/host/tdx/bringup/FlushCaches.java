package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.memory.CacheInstruction;
import org.ringfence.machine.memory.OnCache;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;

/** WBINVD on every processor that is online: wbinvd_on_all_cpus(). What a package without one has cached stays. */
record FlushCaches(Host host) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        for (int i = 0; i < host.cpus(); i++) {
            if (cpu.ask(new IsOnline(i))) {
                cpu.ask(new OnCpu<>(i, new OnCache(CacheInstruction.WBINVD, host.packageOf().get(i))));
            }
        }
        return Done.DONE;
    }
}
