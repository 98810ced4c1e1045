package org.ringfence.stack.host.kvm.hypercall;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.fault.PageRange;
import org.ringfence.stack.host.kvm.fault.SetAttributes;
import org.ringfence.stack.host.kvm.fault.Zap;

/**
 * A VMM that enables the exit and then does what a vCPU asks for, as long as it asks: it sets the attributes of
 * the whole range at once, and answers.
 *
 * @param obeys whether it sets the attributes; without, it answers OK and leaves them as they are
 */
public record ServeHypercalls(int vcpu, Geometry geometry, boolean obeys, FaultProtocol protocol)
        implements
            Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new EnableExitHypercall(EnableExitHypercall.VALID));
        return cpu.become(new Serve(this));
    }

    /** One exit after the other. */
    record Serve(ServeHypercalls vmm) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            AwaitHypercall.Request request = cpu.ask(new AwaitHypercall(vmm.vcpu, vmm.geometry));
            if (vmm.obeys) {
                PageRange range = new PageRange(vmm.geometry.gpa(request.page()), request.pages());
                cpu.call(new SetAttributes(
                        range, request.toPrivate(), Zap.OfPrivateVm.INSTANCE, vmm.protocol));
            }
            cpu.ask(new AnswerHypercall(vmm.vcpu, HypercallReturn.OK));
            return cpu.again(this);
        }
    }
}
