package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.memory.CacheInstruction;
import org.ringfence.machine.memory.OnCache;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;

/**
 * WBINVD on every processor that is online: wbinvd_on_all_cpus(). What a package without one has cached stays.
 *
 * @param on which of them; Linux leaves none out
 */
record FlushCaches(Host host, BringUpChoices.FlushOn on) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        for (int i = 0; i < host.cpus(); i++) {
            if (isMeant(host.packageOf().get(i)) && cpu.ask(new IsOnline(i))) {
                cpu.ask(new OnCpu<>(i, new OnCache(CacheInstruction.WBINVD, host.packageOf().get(i))));
            }
        }
        return Done.DONE;
    }

    private boolean isMeant(int number) {
        return switch (on) {
            case EVERY_PACKAGE -> true;
            case FIRST_PACKAGE -> number == 0;
            case LAST_PACKAGE -> number == host.packageOf().getLast();
        };
    }
}
