package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.ScrubTime;
import org.ringfence.stack.guest.svsm.GuestMap.PublishMap;

/**
 * A monitor that gives memory it used while booting, with a secret in it, to its inner guest, and keeps another page
 * with a secret for itself. Or it gives nothing, and leaves that memory out of the map that the inner guest is told.
 */
public record HandOver(
        @Meaning("the platform") SvsmPlatform.Kind on,
        @Meaning("when the page is zeroed: before it is invalidated, or on the way to the inner guest, after it "
                + "was validated") ScrubTime scrub,
        @Meaning("whether the page is withheld; then nothing is zeroed or granted") boolean withhold,
        @Meaning("whether the inner guest gets all other pages, and is told a map; needs a machine that has one") boolean tell,
        @Meaning("the page used while booting") int early,
        @Meaning("4K pages of the guest; the last is the one that the monitor keeps") int pages)
        implements
            Routine<Done> {

    /** The routine with its default options. */
    public static HandOver standard() {
        return new HandOver(SvsmPlatform.Kind.SNP, ScrubTime.VALIDATE, false, false, 0, 2);
    }

    @Override
    public Done run(Cpu cpu) {
        SvsmPlatform platform = SvsmPlatform.of(on, SvsmChoices.careful(1));
        for (int page : new int[] {early, pages - 1}) {
            platform.validate(cpu, gpa(page), Level.SIZE_4K);
            OwnPage.write(cpu, gpa(page), Value.DATA);
        }
        if (!withhold) {
            give(cpu, platform);
        }
        if (tell) {
            tell(cpu, platform);
        }
        OwnPage.read(cpu, gpa(pages - 1));
        return Done.DONE;
    }

    private void tell(Cpu cpu, SvsmPlatform platform) {
        long memory = withhold ? 0 : 1L << early;
        for (int page = 0; page < pages - 1; page++) {
            if (page != early) {
                platform.validate(cpu, gpa(page), Level.SIZE_4K);
                platform.grant(cpu, gpa(page), Level.SIZE_4K);
                memory |= 1L << page;
            }
        }
        cpu.ask(new PublishMap(memory));
    }

    private void give(Cpu cpu, SvsmPlatform platform) {
        if (scrub == ScrubTime.HAND_OVER) {
            platform.zero(cpu, gpa(early), Level.SIZE_4K);
        }
        cpu.ask(Note.givenUp(gpa(early)));
        platform.invalidate(cpu, gpa(early), Level.SIZE_4K);
        platform.handOn(cpu, gpa(early), Level.SIZE_4K, scrub == ScrubTime.VALIDATE);
    }

    private static long gpa(int page) {
        return page * Geometry.SMALL;
    }
}
