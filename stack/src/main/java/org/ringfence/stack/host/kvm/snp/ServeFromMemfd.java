package org.ringfence.stack.host.kvm.snp;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.sev.AnswerVmgexit;
import org.ringfence.machine.sev.AwaitExit;
import org.ringfence.machine.sev.BackingFrame;
import org.ringfence.machine.sev.UnmapNestedPage;
import org.ringfence.machine.sev.VcpuExit;
import org.ringfence.machine.sev.Vmrun;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.rmp.LookUpPage;
import org.ringfence.machine.snp.rmp.Psmash;
import org.ringfence.stack.host.kvm.fault.PageRange;
import org.ringfence.stack.host.kvm.memfd.ConvertMemfd;
import org.ringfence.stack.host.kvm.memfd.FaultFromMemfd;
import org.ringfence.stack.host.kvm.memfd.MemfdHost;

/**
 * KVM and its VMM serve one vCPU's exits after the other, for ever. A page state change leaves for userspace as
 * KVM_HC_MAP_GPA_RANGE, a fault whose kind is not the page's attribute as KVM_EXIT_MEMORY_FAULT; the VMM converts the
 * page for both. A fault of the RMP goes the way of any other first; then KVM divides the entry where it is 2M, and
 * takes the page's mapping away. Source: arch/x86/kvm/svm/sev.c, sev_handle_rmp_fault, snp_begin_psc.
 */
public record ServeFromMemfd(int vcpus, Geometry geometry, MemfdHost host) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        VcpuExit exit = cpu.ask(new AwaitExit(vcpus, geometry));
        cpu.call(new ServeOne(exit, geometry, host));
        return cpu.again(this);
    }

    /** Serves one exit, and resumes the vCPU. */
    record ServeOne(VcpuExit exit, Geometry geometry, MemfdHost host) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            return switch (exit.reason()) {
                case NONE, PSC_BUFFER -> throw new IllegalStateException(exit + " was not waited for");
                case NPF_NOT_PRESENT_PRIVATE -> fault(cpu, true);
                case NPF_NOT_PRESENT_SHARED, NPF_RMP_SHARED -> fault(cpu, false);
                case NPF_RMP_PRIVATE, NPF_SIZE_MISMATCH, NPF_VMPL -> rmpFault(cpu);
                case PSC_PRIVATE_4K, PSC_PRIVATE_2M -> answer(cpu, true);
                case PSC_SHARED_4K, PSC_SHARED_2M -> answer(cpu, false);
            };
        }

        private Done fault(Cpu cpu, boolean asPrivate) {
            if (!cpu.call(new FaultFromMemfd(exit.gpa(), asPrivate, geometry, host))) {
                cpu.call(new ConvertMemfd(new PageRange(exit.gpa()), asPrivate, geometry, host));
            }
            return cpu.ask(new Vmrun(exit.vcpu()));
        }

        private Done rmpFault(Cpu cpu) {
            if (!cpu.call(new FaultFromMemfd(exit.gpa(), true, geometry, host))) {
                cpu.call(new ConvertMemfd(new PageRange(exit.gpa()), true, geometry, host));
                return cpu.ask(new Vmrun(exit.vcpu()));
            }
            switch (cpu.ask(new LookUpPage(exit.gpa()))) {
                case UNMAPPED, SHARED, SHARED_2M, PRIVATE, PRIVATE_4K_MAPPED_2M -> {}
                case PRIVATE_2M, PRIVATE_2M_MAPPED_4K ->
                    cpu.ask(new Psmash(cpu.ask(new BackingFrame(exit.gpa(), Level.SIZE_2M, geometry.frames()))));
            }
            cpu.ask(new UnmapNestedPage(exit.gpa()));
            return cpu.ask(new Vmrun(exit.vcpu()));
        }

        private Done answer(Cpu cpu, boolean toPrivate) {
            boolean large = switch (exit.reason()) {
                case PSC_PRIVATE_2M, PSC_SHARED_2M -> true;
                case NONE, NPF_NOT_PRESENT_PRIVATE, NPF_NOT_PRESENT_SHARED, NPF_RMP_PRIVATE, NPF_RMP_SHARED,
                        NPF_SIZE_MISMATCH, NPF_VMPL, PSC_PRIVATE_4K, PSC_SHARED_4K, PSC_BUFFER ->
                    false;
            };
            PageRange range = new PageRange(exit.gpa(), large ? geometry.smallPerLarge() : 1);
            cpu.call(new ConvertMemfd(range, toPrivate, geometry, host));
            return cpu.ask(new AnswerVmgexit(exit.vcpu(), PageStateChange.OK));
        }
    }
}
