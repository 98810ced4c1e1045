package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.host.kvm.fault.VmOperation.ReadGuestPage;
import org.ringfence.stack.host.kvm.fault.VmOperation.WriteGuestPage;

/**
 * A vCPU that accesses one page, as often as it takes, until it has or KVM_RUN returns to userspace.
 *
 * @param use what the guest does there
 */
public record RunVcpu(long gpa, Use use, HandleFault.Access access, FaultProtocol protocol) implements Routine<Done> {

    /** What a guest does with a page. */
    public enum Use {
        @Meaning("Reads it once.")
        READ,
        @Meaning("Writes a secret there.")
        CONFIDE,
        @Meaning("Writes a secret there, and reads it.")
        CONFIDE_AND_READ
    }

    @Override
    public Done run(Cpu cpu) {
        GuestReached reached = cpu.ask(
                use == Use.READ ? new ReadGuestPage(gpa) : new WriteGuestPage(gpa, true));
        if (reached == GuestReached.FAULT) {
            return cpu.call(new HandleFault(gpa, access, protocol)) ? cpu.again(this) : Done.DONE;
        }
        return use == Use.CONFIDE_AND_READ
                ? cpu.become(new RunVcpu(gpa, Use.READ, access, protocol))
                : Done.DONE;
    }
}
