package org.ringfence.stack.host.kvm.snp;

import java.util.List;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.snp.rmp.RmpupdateResult;
import org.ringfence.stack.host.kvm.GiveFrame;

/**
 * Gives a reference to a folio back. The last one frees it: KVM's hook makes the frame the hypervisor's in the RMP, and
 * where that fails the frame is leaked. Source: virt/kvm/guest_memfd.c, kvm_gmem_free_folio; arch/x86/kvm/svm/sev.c,
 * sev_gmem_invalidate.
 *
 * @param invalidates whether the hook is there
 */
public record PutFolio(Frame frame, boolean invalidates) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        if (!cpu.ask(new IsLast(frame))) {
            return Done.DONE;
        }
        if (invalidates && cpu.ask(Rmpupdate.release(frame, Level.SIZE_4K)) != RmpupdateResult.SUCCESS) {
            return Done.DONE;
        }
        return cpu.ask(new GiveFrame(frame, Level.SIZE_4K));
    }

    /** The caller's reference is gone: whether it was the last, the file's included. */
    public record IsLast(Frame frame) implements Operation<Boolean> {
        @Override
        public List<Part> needs() {
            return List.of(SnpMemfd.PART);
        }

        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            SnpMemfd memfd = machine.part(SnpMemfd.class);
            int self = actor.index();
            int index = frame.index();
            return state -> {
                memfd.holders().remove(state, index, self);
                return memfd.holders().get(state, index) == 0 && !memfd.isInFile(state, index) ? 1 : 0;
            };
        }

        @Override
        public String mnemonic() {
            return "folio_put";
        }

        @Override
        public String toString() {
            return "folio_put of " + frame;
        }
    }
}
