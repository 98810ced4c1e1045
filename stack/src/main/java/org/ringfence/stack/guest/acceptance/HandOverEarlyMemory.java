package org.ringfence.stack.guest.acceptance;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Scrub;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.PvalidateResult;
import org.ringfence.machine.snp.rmp.Rmpadjust;
import org.ringfence.machine.snp.rmp.RmpadjustResult;
import org.ringfence.machine.tdx.td.L2Access;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAttrWr;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * A monitor that gives memory it used while booting to its inner guest, and keeps another page with a secret for
 * itself. On SEV-SNP it rescinds the page, and validates and grants it when the inner guest asks; on TDX there is
 * nothing to rescind, and the page is granted.
 */
public record HandOverEarlyMemory(
        @Meaning("the platform") On on,
        @Meaning("when the page is zeroed") ScrubTime scrub,
        @Meaning("the first address at which the scrub of a validated page is left out, as COCONUT-SVSM leaves "
                + "out 0xA0000 to 0xFFFFF") long holeBegin,
        @Meaning("the address after the last") long holeEnd) implements Routine<Done> {

    /** A platform, whose instructions are used. */
    public enum On {
        TDX,
        SNP
    }

    private static final long EARLY = 0;
    private static final long KEPT = Geometry.SMALL;

    /** The routine with its default options, for one platform. */
    public static HandOverEarlyMemory standard(On on) {
        return new HandOverEarlyMemory(on, ScrubTime.VALIDATE, 0, 0);
    }

    @Override
    public Done run(Cpu cpu) {
        return switch (on) {
            case TDX -> onTdx(cpu);
            case SNP -> onSnp(cpu);
        };
    }

    private Done onTdx(Cpu cpu) {
        for (long gpa : new long[] {EARLY, KEPT}) {
            cpu.call(new AcceptPage(gpa, Level.SIZE_4K, Policy.LINUX, 1, true));
            PrivatePage.write(cpu, gpa, Value.DATA);
        }
        if (scrub != ScrubTime.NONE) {
            zero(cpu);
        }
        cpu.ask(Note.givenUp(EARLY));
        cpu.ask(TdgMemPageAttrWr.grant(EARLY, Level.SIZE_4K, L2Access.READ_WRITE));
        PrivatePage.read(cpu, KEPT);
        return Done.DONE;
    }

    private Done onSnp(Cpu cpu) {
        for (long gpa : new long[] {EARLY, KEPT}) {
            cpu.call(new ValidatePage(gpa, true, CarryFlag.FATAL, true));
            PrivatePage.write(cpu, gpa, Value.DATA);
        }
        if (scrub == ScrubTime.HAND_OVER) {
            zero(cpu);
        }
        cpu.ask(Note.givenUp(EARLY));
        expect(cpu.ask(Pvalidate.rescind(EARLY, Level.SIZE_4K)));
        expect(cpu.ask(Pvalidate.validate(EARLY, Level.SIZE_4K)));
        if (scrub == ScrubTime.VALIDATE && !isInHole()) {
            zero(cpu);
        }
        if (cpu.ask(Rmpadjust.grant(EARLY, Level.SIZE_4K)) != RmpadjustResult.SUCCESS) {
            throw new Panic("RMPADJUST failed");
        }
        PrivatePage.read(cpu, KEPT);
        return Done.DONE;
    }

    private boolean isInHole() {
        return EARLY >= holeBegin && EARLY < holeEnd;
    }

    private static void expect(PvalidateResult result) {
        if (result != PvalidateResult.CHANGED) {
            throw new Panic("PVALIDATE failed: " + result);
        }
    }

    private static void zero(Cpu cpu) {
        if (cpu.ask(new Scrub(EARLY)) != Stored.STORED) {
            throw new Panic("fault while zeroing GPA 0x%X".formatted(EARLY));
        }
    }
}
