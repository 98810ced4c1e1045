package org.ringfence.stack.host.kvm.snp;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.sev.UnmapNestedPage;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.snp.MemfdChange.Made;
import org.ringfence.stack.sync.LockOperation.GiveLock;
import org.ringfence.stack.sync.LockOperation.TakeLock;

/**
 * One of the two locked sections around a change of what backs a page: the first announces it and takes the mapping
 * away, the second counts the sequence on and announces the end.
 */
record InvalidateOnSnp(long gpa, boolean begins) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new TakeLock(FaultProtocol.MMU_LOCK));
        if (begins) {
            cpu.ask(new MemfdChange(gpa, Made.BEGIN));
            cpu.ask(new UnmapNestedPage(gpa));
        } else {
            cpu.ask(new MemfdChange(gpa, Made.END));
        }
        return cpu.ask(new GiveLock(FaultProtocol.MMU_LOCK));
    }
}
