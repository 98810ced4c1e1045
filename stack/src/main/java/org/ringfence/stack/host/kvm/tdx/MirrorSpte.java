package org.ringfence.stack.host.kvm.tdx;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * The frame that KVM's own copy of the Secure EPT has at a page, under mmu_lock; here the copy is the Secure EPT
 * itself. Waits where there is none. Source: arch/x86/kvm/mmu/tdp_mmu.c, remove_external_spte.
 *
 * @param frames of the machine
 */
record MirrorSpte(long gpa, int frames) implements Operation<Frame> {
    @Override
    public Results<Frame> results() {
        return new Results.Frames(frames);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
        tdx.geometry().requireFrames(frames);
        int page = GuestPages.page(tdx.geometry(), gpa);
        return state -> tdx.sept().state(state, page, 0) == SeptState.FREE
                ? Outcome.WAITS
                : tdx.sept().frame(state, page, 0);
    }

    @Override
    public String mnemonic() {
        return "mirror SPTE";
    }
}
