package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.fault.VmOperation.IsPrivate;
import org.ringfence.stack.host.kvm.fault.VmOperation.LookUpSlot;
import org.ringfence.stack.host.kvm.gmem.KvmErrno;

/**
 * The vCPU's ioctl KVM_PRE_FAULT_MEMORY: each page of the range is faulted in as a read would fault it, private where
 * its attribute says so. It succeeds if one page was, and tells how much is left. A page without a slot is ENOENT, or
 * EFAULT where its attribute is private; a slot that is being deleted EAGAIN. Source: virt/kvm/kvm_main.c,
 * kvm_vcpu_pre_fault_memory; arch/x86/kvm/mmu/mmu.c, kvm_arch_vcpu_pre_fault_memory and kvm_handle_noslot_fault.
 *
 * @param gpa where the range begins, in bytes
 * @param size its length, in bytes
 * @param flags 0
 */
public record PreFaultMemory(long gpa, long size, long flags, Geometry geometry, FaultProtocol protocol)
        implements
            Routine<PreFaultMemory.PreFaulted> {

    /**
     * What it comes to.
     *
     * @param left what of the range is left, in bytes
     */
    public record PreFaulted(KvmErrno errno, long left) {}

    @Override
    public PreFaulted run(Cpu cpu) {
        if (flags != 0) {
            return new PreFaulted(KvmErrno.EINVAL, size);
        }
        if (gpa % Geometry.SMALL != 0 || size % Geometry.SMALL != 0 || Long.compareUnsigned(gpa + size, gpa) <= 0) {
            return new PreFaulted(KvmErrno.EINVAL, size);
        }
        for (long done = 0; done < size; done += Geometry.SMALL) {
            KvmErrno errno = cpu.call(new OnePage(gpa + done, geometry, protocol));
            if (errno != KvmErrno.OK) {
                return new PreFaulted(done == 0 ? errno : KvmErrno.OK, size - done);
            }
        }
        return new PreFaulted(KvmErrno.OK, 0);
    }

    /** kvm_tdp_map_page. */
    private record OnePage(long gpa, Geometry geometry, FaultProtocol protocol) implements Routine<KvmErrno> {
        @Override
        public KvmErrno run(Cpu cpu) {
            if (geometry.page(gpa) < 0) {
                return KvmErrno.ENOENT;
            }
            return switch (cpu.ask(new LookUpSlot())) {
                case GONE -> cpu.ask(new IsPrivate(gpa)) ? KvmErrno.EFAULT : KvmErrno.ENOENT;
                case INVALID -> KvmErrno.EAGAIN;
                case PLAIN, VALID -> cpu.call(new HandleFault(gpa, HandleFault.Access.AS_ATTRIBUTE, protocol))
                        ? KvmErrno.OK
                        : KvmErrno.EFAULT;
            };
        }
    }
}
