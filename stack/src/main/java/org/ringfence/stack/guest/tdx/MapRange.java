package org.ringfence.stack.guest.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.td.RetryAddress;
import org.ringfence.machine.tdx.tdcall.ReadRetryAddress;
import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;

/**
 * MapGPA of a range, again from R11 as often as the host answers RETRY. Returns where the last call began. Source:
 * edk2, OvmfPkg/Library/BaseMemEncryptTdxLib/MemoryEncryption.c; Linux, arch/x86/coco/tdx/tdx.c (tdx_map_gpa), which
 * both refuse an R11 outside of the range.
 *
 * @param first the range's first address
 * @param end the first after it
 */
public record MapRange(Geometry geometry, Mapping to, long first, long end) implements Routine<Long> {
    @Override
    public Long run(Cpu cpu) {
        Answer answer = cpu.ask(new TdgVpVmcallMapGpa(to, first, end - first));
        if (answer.is(TdgVpVmcallMapGpa.SUCCESS)) {
            return first;
        }
        if (!answer.is(TdgVpVmcallMapGpa.RETRY)) {
            throw new Panic("MapGPA to " + to + " failed");
        }
        RetryAddress retry = cpu.ask(new ReadRetryAddress(geometry));
        if (!retry.isIn(first, end)) {
            throw new Panic("MapGPA to " + to + " shall go on outside of its range");
        }
        return cpu.again(new MapRange(geometry, to, retry.gpa(), end));
    }
}
