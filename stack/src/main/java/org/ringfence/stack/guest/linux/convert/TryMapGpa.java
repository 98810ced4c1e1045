package org.ringfence.stack.guest.linux.convert;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.td.RetryAddress;
import org.ringfence.machine.tdx.tdcall.ReadRetryAddress;
import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;

/**
 * tdx_map_gpa: MapGPA of a range, again from R11 as often as the host answers RETRY, but not more than three times from
 * the same address, and never from one outside of the range. Answers whether all of it was mapped. Source: Linux,
 * arch/x86/coco/tdx/tdx.c.
 *
 * @param first the range's first address
 * @param end the first after it
 * @param stuck how often the host has answered RETRY with the address of the call
 */
record TryMapGpa(Geometry geometry, Mapping to, long first, long end, int stuck) implements Routine<Boolean> {
    private static final int MOST = 3;

    @Override
    public Boolean run(Cpu cpu) {
        Answer answer = cpu.ask(new TdgVpVmcallMapGpa(to, first, end - first));
        if (answer.is(TdgVpVmcallMapGpa.SUCCESS)) {
            return true;
        }
        if (!answer.is(TdgVpVmcallMapGpa.RETRY)) {
            return false;
        }
        RetryAddress retry = cpu.ask(new ReadRetryAddress(geometry));
        if (!retry.isIn(first, end)) {
            return false;
        }
        int times = retry.gpa() == first ? stuck + 1 : 0;
        if (times >= MOST) {
            return false;
        }
        return cpu.again(new TryMapGpa(geometry, to, retry.gpa(), end, times));
    }
}
