package org.ringfence.machine.snp;

import java.util.Optional;
import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.state.State;

/**
 * The registers of vCPUs, which lie in their VMSA pages while they are not running. An exit writes them there under the
 * guest's key, so that the host sees ciphertext and the RMP keeps it from writing; VMRUN reads them from there. What a
 * VMSA page holds is therefore as fresh or stale as any other page of the guest's: a vCPU that is run from a page with
 * older registers does again what it has done.
 *
 * <p>Registers are one value here. Those of VMPL0 are in turn {@link Value#DATA} and {@link Value#NEWER}, so that each
 * exit's differ from the last one's; those of what runs below are {@link Value#INNER}, whose age cannot be told. A page
 * in which the guest has not put anything yet is not judged: life refuses most such pages, and the rest is the guest's
 * mistake. Nor is the first VMSA of a vCPU, which lies beyond the guest's memory.
 *
 * <p>Source: AMD64 Architecture Programmer's Manual, volume 2, section 15.35 (SEV-ES) and 15.36 (SEV-SNP).
 *
 * @param ledger what the guest is owed
 * @param inner bit {@code n} is set where actor {@code n} is an inner guest
 */
public record VmsaRegisters(Memory memory, Optional<Ledger> ledger, long inner) {
    private static final int CACHE = 0;

    /** The exit of {@code vcpu} writes its registers. */
    void save(State state, Snp snp, int vcpu) {
        int frame = frame(state, snp, vcpu);
        if (frame < 0) {
            return;
        }
        Value registers = next(read(state, snp, frame), vcpu);
        memory.store(state, CACHE, frame, registers, Snp.GUEST_KEY);
        int page = snp.rmp().validatedAt(state, frame);
        if (page >= 0 && ledger.isPresent()) {
            ledger.get().stored(state, page, registers);
        }
    }

    /** VMRUN of {@code vcpu} reads its registers. */
    void restore(State state, Snp snp, int vcpu) {
        int frame = frame(state, snp, vcpu);
        int page = frame < 0 ? -1 : snp.rmp().validatedAt(state, frame);
        if (page >= 0 && ledger.isPresent() && ledger.get().live().get(state, page)) {
            ledger.get().loaded(state, page, read(state, snp, frame));
        }
    }

    private Value next(int now, int vcpu) {
        if ((inner >>> vcpu & 1) != 0) {
            return Value.INNER;
        }
        return now == Value.DATA.ordinal() ? Value.NEWER : Value.DATA;
    }

    private int read(State state, Snp snp, int frame) {
        return snp.load(state, memory, CACHE, frame, GuestMemory.Mapping.PRIVATE);
    }

    /** The VMSA page from which {@code vcpu} runs; negative where there is none, or it is no VMSA any more. */
    private static int frame(State state, Snp snp, int vcpu) {
        VmsaPages vmsas = snp.rmp().vmsas();
        int frame = vcpu < vmsas.vcpus() ? vmsas.frame().get(state, vcpu) : -1;
        return frame >= 0 && snp.rmp().isGuestsVmsa(state, frame) ? frame : -1;
    }
}
