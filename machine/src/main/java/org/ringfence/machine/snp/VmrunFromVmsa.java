package org.ringfence.machine.snp;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * VMRUN: the host resumes {@code vcpu}, an actor's index, from a VMSA page of its choice. Waits while the vCPU has not
 * exited. The machine's RMP must have the VMSA bit.
 *
 * @param vmsa what the VMCB names
 */
public record VmrunFromVmsa(int vcpu, Frame vmsa) implements Operation<VmrunResult> {
    @Override
    public Results<VmrunResult> results() {
        return new Results.Closed<>(VmrunResult.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Snp snp = machine.part(Snp.class);
        if (vcpu >= snp.rmp().vmsas().vcpus()) {
            throw new IllegalArgumentException("the machine keeps no VMSA of vCPU " + vcpu);
        }
        return state -> snp.exits().cpus().status().is(state, vcpu, Status.EXITED)
                ? snp.vmrun(state, vcpu, vmsa.index())
                : Outcome.WAITS;
    }

    @Override
    public String mnemonic() {
        return "VMRUN";
    }
}
