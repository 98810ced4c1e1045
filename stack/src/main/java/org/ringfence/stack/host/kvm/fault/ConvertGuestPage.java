package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.fault.VmOperation.CountCopies;
import org.ringfence.stack.host.kvm.fault.VmOperation.DiscardShared;
import org.ringfence.stack.host.kvm.fault.VmOperation.ReadShared;

/**
 * A VMM that makes a page private, or shared, as QEMU does: it sets the attribute, and then discards the copy that is
 * out of use. In the end it counts the copies, and looks at the shared one.
 *
 * @param discards whether it discards the other copy
 */
public record ConvertGuestPage(long gpa, boolean toPrivate, boolean discards, FaultProtocol protocol)
        implements
            Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.call(new SetAttributes(gpa, toPrivate, protocol));
        if (discards) {
            if (toPrivate) {
                cpu.ask(new DiscardShared(gpa));
            } else {
                cpu.call(new PunchHole(gpa, protocol));
            }
        }
        cpu.ask(new CountCopies(gpa));
        return cpu.ask(new ReadShared(gpa));
    }
}
