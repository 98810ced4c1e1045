package org.ringfence.stack.guest.uefi.memory;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.acceptance.AcceptPage;
import org.ringfence.stack.guest.acceptance.Policy;

/**
 * TdxDxe's way: 4K pages up to a 2M boundary; 2M pages where <em>more</em> than 2M are left, so that exactly 2M are
 * accepted in 512 steps; 4K pages for the rest. A page that was accepted before is counted and passed over. Source:
 * edk2, OvmfPkg/TdxDxe/TdxDxe.c (TdxMemoryAccept), MdePkg/Library/TdxLib/AcceptPages.c (TdAcceptPages).
 *
 * @param small 4K pages in a 2M page
 */
public record AcceptOnTdx(int small) implements AcceptMemory {
    @Override
    public void accept(Cpu cpu, long gpa, long size) {
        long end = gpa + size;
        long boundary = Math.min(end, gpa + Geometry.LARGE - 1 & -Geometry.LARGE);
        long middle = end - boundary > Geometry.LARGE ? boundary + (end - boundary & -Geometry.LARGE) : boundary;
        cpu.call(new Range(gpa, boundary, Level.SIZE_4K, small));
        cpu.call(new Range(boundary, middle, Level.SIZE_2M, small));
        cpu.call(new Range(middle, end, Level.SIZE_4K, small));
    }

    /** Pages of one size, one after the other. */
    record Range(long gpa, long end, Level level, int small) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            if (gpa >= end) {
                return Done.DONE;
            }
            cpu.call(new AcceptPage(gpa, level, Policy.EDK2, small, true));
            long next = gpa + (level == Level.SIZE_2M ? Geometry.LARGE : Geometry.SMALL);
            return cpu.become(new Range(next, end, level, small));
        }
    }
}
