package org.ringfence.platform.life;

import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.RunningCpu;

/** A vCPU that runs a kernel as it is written. */
final class KernelCpu extends RunningCpu {
    private final GuestCpu vcpu;

    KernelCpu(GuestCpu vcpu) {
        this.vcpu = vcpu;
    }

    @Override
    public <R> R ask(Operation<R> operation) {
        return operation.results().decode(vcpu.guest(operation), this);
    }
}
