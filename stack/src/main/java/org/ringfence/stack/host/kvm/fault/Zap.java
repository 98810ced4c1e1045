package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.operation.Cpu;

/** kvm_mmu_unmap_gfn_range, as the architecture has it: one step, or several, all of them under mmu_lock. */
public interface Zap {
    /**
     * Takes the translation of a 4K page away and flushes it. The pages after it are taken away with further calls.
     *
     * @param asPrivate whether it is a private one: kvm_gfn_range_filter
     */
    void zap(Cpu cpu, long gpa, boolean asPrivate);

    /** Of a {@link PrivateVm}, which has one translation a page, of either kind. */
    enum OfPrivateVm implements Zap {
        INSTANCE;

        @Override
        public void zap(Cpu cpu, long gpa, boolean asPrivate) {
            cpu.ask(new VmOperation.ZapPage(gpa));
        }
    }
}
