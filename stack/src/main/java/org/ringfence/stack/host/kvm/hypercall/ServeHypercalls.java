package org.ringfence.stack.host.kvm.hypercall;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.fault.SetAttributes;

/**
 * A VMM that enables the exit and then does what a vCPU asks for, as long as it asks: it sets the attributes, page by
 * page, and answers.
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
            for (int page = request.page(); vmm.obeys && page < request.page() + request.pages(); page++) {
                cpu.call(new SetAttributes(vmm.geometry.gpa(page), request.toPrivate(), vmm.protocol));
            }
            cpu.ask(new AnswerHypercall(vmm.vcpu, HypercallReturn.OK));
            return cpu.again(this);
        }
    }
}
