package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.gmem.KvmErrno;

/**
 * The ioctl KVM_SET_MEMORY_ATTRIBUTES with its checks, in the kernel's order: flags, attributes, the range's length,
 * its alignment. Each is EINVAL. It needs no slot. Source: virt/kvm/kvm_main.c, kvm_vm_ioctl_set_mem_attributes.
 *
 * @param address where the range begins, in bytes
 * @param size its length, in bytes
 * @param attributes 0, or {@link #PRIVATE}
 * @param flags 0
 */
public record SetMemoryAttributes(
        long address, long size, long attributes, long flags, Zap zap, FaultProtocol protocol)
        implements
            Routine<KvmErrno> {
    /** KVM_MEMORY_ATTRIBUTE_PRIVATE. */
    public static final long PRIVATE = 8;

    @Override
    public KvmErrno run(Cpu cpu) {
        if (flags != 0 || (attributes & ~PRIVATE) != 0) {
            return KvmErrno.EINVAL;
        }
        if (size == 0 || Long.compareUnsigned(address + size, address) < 0) {
            return KvmErrno.EINVAL;
        }
        if (address % Geometry.SMALL != 0 || size % Geometry.SMALL != 0) {
            return KvmErrno.EINVAL;
        }
        PageRange range = new PageRange(address, Math.toIntExact(size / Geometry.SMALL));
        cpu.call(new SetAttributes(range, attributes == PRIVATE, zap, protocol));
        return KvmErrno.OK;
    }
}
