package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.plain.InnerAccess;
import org.ringfence.machine.plain.Invept;
import org.ringfence.machine.plain.MapInner;

/**
 * A monitor without confidential hardware: nothing can be validated, every page is the host's too, and the inner guest
 * is kept out by nested paging. Source: COCONUT-SVSM, kernel/src/platform/native.rs.
 */
public record SvsmNativePlatform(SvsmChoices choices) implements SvsmPlatform {
    @Override
    public void validate(Cpu cpu, long gpa, Level level) {
        if (choices.zeroes() == SvsmChoices.Zeroes.PLATFORM) {
            zero(cpu, gpa, level);
        }
        if (choices.zeroes() != SvsmChoices.Zeroes.CALLER) {
            takenForZero(cpu, gpa, level);
        }
    }

    /** {@inheritDoc} Nothing. */
    @Override
    public void invalidate(Cpu cpu, long gpa, Level level) {}

    /** {@inheritDoc} Nothing: it is the host's too already. */
    @Override
    public void share(Cpu cpu, long gpa) {}

    @Override
    public void unshare(Cpu cpu, long gpa) {
        validate(cpu, gpa, Level.SIZE_4K);
    }

    @Override
    public void grant(Cpu cpu, long gpa, Level level) {
        map(cpu, gpa, level, InnerAccess.READ_WRITE);
    }

    @Override
    public void revoke(Cpu cpu, long gpa, Level level, Flush flush) {
        map(cpu, gpa, level, InnerAccess.NONE);
        if (flush != Flush.NONE) {
            cpu.ask(new Invept());
        }
    }

    private void map(Cpu cpu, long gpa, Level level, InnerAccess access) {
        int pages = level == Level.SIZE_2M ? choices.small() : 1;
        for (int i = 0; i < pages; i++) {
            cpu.ask(new MapInner(gpa + i * Geometry.SMALL, access));
        }
    }

    @Override
    public void handOn(Cpu cpu, long gpa, Level level, boolean zero) {
        if (zero) {
            zero(cpu, gpa, level);
        }
        grant(cpu, gpa, level);
    }
}
