package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.fault.VmOperation.GetFilePage;
import org.ringfence.stack.host.kvm.fault.VmOperation.PutFilePage;
import org.ringfence.stack.sync.LockOperation.GiveLock;
import org.ringfence.stack.sync.LockOperation.TakeLock;

/**
 * A VMM that punches a page out of the file, and has another one allocated there by fallocate, before the guest looks.
 */
public record RefillHole(long gpa, FaultProtocol protocol) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.call(new PunchHole(gpa, protocol));
        cpu.ask(new TakeLock(FaultProtocol.FILE_LOCK));
        long frame = cpu.ask(new GetFilePage(gpa));
        cpu.ask(new PutFilePage(frame));
        return cpu.ask(new GiveLock(FaultProtocol.FILE_LOCK));
    }
}
