package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.svsm.RegistryOperation.Remap;

/**
 * The first CPU of a monitor with a secret in a page of its own: it gives all other pages to its inner guest, registers
 * page 0 as the calling area of the virtual CPU that runs first, and answers calls. The VMSA of that virtual CPU lies
 * beyond memory, where no call can name it.
 */
public record GuardOwnPage(
        @Meaning("pages of the guest; the last is the monitor's") int pages,
        @Meaning("4K pages in a 2M page") int large,
        @Meaning("what of an address it checks against its inner guest's memory") CoreProtocol.Checks checkAddresses,
        @Meaning("whether it zeroes what it validates") boolean zero,
        @Meaning("whether #VC 0x404 is an error of the call; it stops COCONUT-SVSM") boolean surviveUnvalidated,
        @Meaning("how it deletes a VMSA") CoreProtocol.Deleting deleting,
        @Meaning("whether calls of several CPUs keep out of each other's way") boolean lock,
        @Meaning("whether memory was validated by the launch; else the monitor validates it, its own last 2M "
                + "page in one go where there are 2M pages") boolean launched)
        implements
            Routine<Done> {

    /** The routine with its default options. */
    public static GuardOwnPage standard() {
        return new GuardOwnPage(
                2, 1, CoreProtocol.Checks.ALL, true, false, CoreProtocol.Deleting.LOOK_UP_LOCKED, true, false);
    }

    /** What it answers calls with. */
    CoreProtocol protocol() {
        return new CoreProtocol(
                new Geometry(pages, pages, large),
                pages - 1,
                checkAddresses,
                zero,
                0,
                0,
                surviveUnvalidated,
                deleting,
                lock);
    }

    @Override
    public Done run(Cpu cpu) {
        CoreProtocol protocol = protocol();
        Geometry geometry = protocol.geometry();
        int own = protocol.own();
        SvsmSnpPlatform platform = new SvsmSnpPlatform(SvsmChoices.careful(large));
        int ownHead = geometry.head(own);
        for (int page = 0; page < (geometry.hasLargePages() ? ownHead : own); page++) {
            give(cpu, platform, geometry.gpa(page));
        }
        if (!launched) {
            Level level = geometry.hasLargePages() ? Level.SIZE_2M : Level.SIZE_4K;
            platform.validate(cpu, geometry.gpa(geometry.hasLargePages() ? ownHead : own), level);
        }
        OwnPage.write(cpu, geometry.gpa(own), Value.DATA);
        if (!cpu.ask(new Remap(0))) {
            throw new Panic("page 0 is registered already");
        }
        return cpu.become(new ServeCalls(protocol));
    }

    private void give(Cpu cpu, SvsmSnpPlatform platform, long gpa) {
        if (launched) {
            platform.grant(cpu, gpa, Level.SIZE_4K);
        } else {
            platform.handOn(cpu, gpa, Level.SIZE_4K, true);
        }
    }
}
