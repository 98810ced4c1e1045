package org.ringfence.stack.host.kvm.creation;

import java.util.List;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * KVM gives {@code vcpu}, an actor's index, the VMSA page that the guest has named for it. Waits while the vCPU runs:
 * KVM makes it exit first. What backs the page is what the nested page table has, in place of the guest_memfd. A vCPU
 * that is halted must not be run; the host's software sees to that.
 *
 * <p>Source: Linux, arch/x86/kvm/svm/sev.c, sev_snp_init_protected_guest_state.
 */
public record UpdateProtectedState(int vcpu) implements Operation<ProtectedState> {
    @Override
    public List<Part> needs() {
        return List.of(ApVmsas.PART);
    }

    @Override
    public Results<ProtectedState> results() {
        return new Results.Closed<>(ProtectedState.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        ApVmsas vmsas = machine.part(ApVmsas.class);
        if (!vmsas.hasVcpu(vcpu)) {
            throw new IllegalArgumentException("the machine keeps no VMSA of vCPU " + vcpu);
        }
        return state -> vmsas.snp().exits().cpus().isWithHost(state, vcpu)
                ? update(state, vmsas).ordinal()
                : Outcome.WAITS;
    }

    private ProtectedState update(State state, ApVmsas vmsas) {
        if (!vmsas.waiting().get(state, vcpu)) {
            return ProtectedState.UNCHANGED;
        }
        Snp snp = vmsas.snp();
        int named = vmsas.named().get(state, vcpu);
        boolean isPage = named != ApVmsas.NONE && named <= snp.geometry().pages();
        int frame = isPage ? snp.npt().lookup(state, named - 1) : FrameRef.NONE;
        vmsas.waiting().set(state, vcpu, false);
        vmsas.named().set(state, vcpu, ApVmsas.NONE);
        snp.rmp().vmsas().frame().set(state, vcpu, frame);
        return frame == FrameRef.NONE ? ProtectedState.HALTED : ProtectedState.RUNNABLE;
    }

    @Override
    public String mnemonic() {
        return "update protected state";
    }
}
