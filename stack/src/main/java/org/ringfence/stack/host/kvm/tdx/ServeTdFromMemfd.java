package org.ringfence.stack.host.kvm.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.host.AwaitTdExit;
import org.ringfence.machine.tdx.seamcall.TdhVpEnter;
import org.ringfence.machine.tdx.seamcall.TdhVpEnterWithAnswer;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.TdExit;
import org.ringfence.stack.host.kvm.fault.PageRange;
import org.ringfence.stack.host.kvm.memfd.ConvertMemfd;
import org.ringfence.stack.host.kvm.memfd.FaultFromMemfd;
import org.ringfence.stack.host.kvm.memfd.MemfdHost;
import org.ringfence.stack.host.tdx.Entered;

/**
 * KVM and its VMM serve one exit of a TD's vCPUs after the other, for ever. MapGPA leaves for userspace as
 * KVM_HC_MAP_GPA_RANGE, a fault whose alias is not the page's attribute as KVM_EXIT_MEMORY_FAULT; the VMM converts the
 * pages for both. An access to a page that is pending ends the VM; of one that is dead KVM_RUN is EIO. Source:
 * arch/x86/kvm/vmx/tdx.c, tdx_handle_ept_violation and tdx_map_gpa.
 */
public record ServeTdFromMemfd(int vcpus, Geometry geometry, MemfdHost host) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        TdExit exit = cpu.ask(new AwaitTdExit(0, vcpus, geometry));
        return cpu.call(new ServeOne(exit, geometry, host)) ? cpu.again(this) : Done.DONE;
    }

    /** Serves one exit, and resumes the vCPU. Answers whether the TD lives on. */
    record ServeOne(TdExit exit, Geometry geometry, MemfdHost host) implements Routine<Boolean> {
        @Override
        public Boolean run(Cpu cpu) {
            return switch (exit.reason()) {
                case NONE -> throw new IllegalStateException("a vCPU is out for no reason");
                case EXTERNAL_INTERRUPT -> resume(cpu);
                case EPT_VIOLATION, ACCEPT_EPT_VIOLATION, ATTR_WR_EPT_VIOLATION -> fault(cpu, true);
                case SHARED_EPT_VIOLATION -> fault(cpu, false);
                case MAP_GPA_SHARED -> convert(cpu, false);
                case MAP_GPA_PRIVATE -> convert(cpu, true);
                case MAP_GPA_EMPTY -> answer(cpu, MapGpaAnswer.INVALID_OPERAND);
                case MAP_GPA_UNALIGNED -> answer(cpu, MapGpaAnswer.ALIGN_ERROR);
                case PENDING_EPT_VIOLATION ->
                    throw new Panic("the TD touches a page that it has not accepted: KVM ends the VM");
                case MACHINE_CHECK, EXTERNAL_INTERRUPT_WHEN_FATAL -> false;
            };
        }

        private boolean fault(Cpu cpu, boolean asPrivate) {
            if (!cpu.call(new FaultFromMemfd(exit.gpa(), asPrivate, geometry, host))) {
                cpu.call(new ConvertMemfd(new PageRange(exit.gpa()), asPrivate, geometry, host));
            }
            return resume(cpu);
        }

        private boolean convert(Cpu cpu, boolean toPrivate) {
            cpu.call(new ConvertMemfd(new PageRange(exit.gpa(), exit.pages()), toPrivate, geometry, host));
            return answer(cpu, MapGpaAnswer.SUCCESS);
        }

        private boolean resume(Cpu cpu) {
            return enter(cpu, new TdhVpEnter(exit.vcpu()));
        }

        private boolean answer(Cpu cpu, MapGpaAnswer answer) {
            return enter(cpu, new TdhVpEnterWithAnswer(exit.vcpu(), answer));
        }

        private static boolean enter(Cpu cpu, Operation<TdhVpEnter.Result> leaf) {
            EnterTd.Run run = cpu.ask(new EnterTd(leaf));
            if (run.dead()) {
                throw new Panic("KVM_RUN is EIO, the VM is dead: the VMM gives it up");
            }
            return Entered.of(run.entered()) != Entered.GONE;
        }
    }
}
