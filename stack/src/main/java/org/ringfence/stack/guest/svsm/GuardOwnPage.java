package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;

/**
 * A monitor with a secret in a page of its own, that answers the calls of its inner guest.
 *
 * @param pages of the guest; the last is the monitor's
 * @param large 4K pages in a 2M page
 * @param checkAddresses whether it looks that an address is its inner guest's
 * @param zero whether it zeroes what it validates
 * @param surviveUnvalidated whether #VC 0x404 in RMPADJUST is an error of the call
 */
public record GuardOwnPage(int pages, int large, boolean checkAddresses, boolean zero, boolean surviveUnvalidated)
        implements
            Routine<Done> {

    /** The routine with its default options. */
    public static GuardOwnPage standard() {
        return new GuardOwnPage(2, 1, true, true, true);
    }

    @Override
    public Done run(Cpu cpu) {
        Geometry geometry = new Geometry(pages, pages, large);
        int own = pages - 1;
        SvsmSnpPlatform platform = new SvsmSnpPlatform(Choices.careful(large));
        platform.validate(cpu, geometry.gpa(own), Level.SIZE_4K);
        OwnPage.write(cpu, geometry.gpa(own), Value.DATA);
        return cpu.become(new ServeCalls(new CoreProtocol(
                geometry, own, checkAddresses, zero, 0, 0, surviveUnvalidated)));
    }
}
