package org.ringfence.stack.host.kvm.tdx;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.host.HoldEntryLock;
import org.ringfence.machine.tdx.sept.SeptTable.Lock;

/**
 * A leaf of the TD's on another vCPU, such as TDG.MEM.PAGE.ATTR.RD, that holds the lock of a page's entry from its
 * beginning to its end.
 */
public record HoldEntry(long gpa) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new HoldEntryLock(gpa, Level.SIZE_4K, Lock.GUEST));
        return cpu.ask(new HoldEntryLock(gpa, Level.SIZE_4K, false));
    }
}
