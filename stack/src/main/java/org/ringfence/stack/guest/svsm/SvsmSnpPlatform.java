package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.snp.Invlpgb;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.psc.PageStateChange.Target;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.PvalidateResult;
import org.ringfence.machine.snp.rmp.Rmpadjust;
import org.ringfence.machine.snp.rmp.RmpadjustResult;
import org.ringfence.stack.guest.acceptance.CarryFlag;

/** A monitor at VMPL0 of a SEV-SNP guest. Source: COCONUT-SVSM, kernel/src/platform/snp.rs, kernel/src/sev/utils.rs. */
public record SvsmSnpPlatform(SvsmChoices choices) implements SvsmPlatform {
    @Override
    public void validate(Cpu cpu, long gpa, Level level) {
        change(cpu, gpa, level, true);
        if (choices.zeroes() == SvsmChoices.Zeroes.PLATFORM) {
            zero(cpu, gpa, level);
        }
        if (choices.zeroes() != SvsmChoices.Zeroes.CALLER) {
            takenForZero(cpu, gpa, level);
        }
    }

    @Override
    public void invalidate(Cpu cpu, long gpa, Level level) {
        change(cpu, gpa, level, false);
    }

    /**
     * A size that does not match is gone on with in 4K pages, as every consumer does; any other failure stops the
     * monitor.
     */
    private void change(Cpu cpu, long gpa, Level level, boolean validate) {
        PvalidateResult result = cpu.ask(new Pvalidate(gpa, level, validate));
        if (result == PvalidateResult.FAIL_SIZEMISMATCH && level == Level.SIZE_2M) {
            for (int i = 0; i < choices.small(); i++) {
                change(cpu, gpa + i * Geometry.SMALL, Level.SIZE_4K, validate);
            }
            return;
        }
        if (!result.isSuccess() || result == PvalidateResult.UNCHANGED && choices.carryFlag() == CarryFlag.FATAL) {
            throw new Panic("PVALIDATE of GPA 0x%X failed: %s".formatted(gpa, result));
        }
    }

    @Override
    public void share(Cpu cpu, long gpa) {
        invalidate(cpu, gpa, Level.SIZE_4K);
        change(cpu, gpa, Target.SHARED);
    }

    @Override
    public void unshare(Cpu cpu, long gpa) {
        change(cpu, gpa, Target.PRIVATE);
        validate(cpu, gpa, Level.SIZE_4K);
    }

    private void change(Cpu cpu, long gpa, Target target) {
        Answer answer = cpu.ask(new PageStateChange(gpa, target, Level.SIZE_4K));
        if (choices.checksExitInfo2() && !answer.is(PageStateChange.OK)) {
            throw new Panic("page state change of GPA 0x%X to %s failed".formatted(gpa, target));
        }
    }

    @Override
    public void grant(Cpu cpu, long gpa, Level level) {
        adjust(cpu, Rmpadjust.grant(gpa, level));
    }

    @Override
    public void revoke(Cpu cpu, long gpa, Level level, Flush flush) {
        for (int vmpl = Snp.INNER_VMPL; vmpl <= Snp.LAST_VMPL; vmpl++) {
            adjust(cpu, Rmpadjust.revoke(gpa, level, vmpl));
        }
        if (flush == Flush.EVERY_CPU) {
            cpu.ask(new Invlpgb());
        }
    }

    private static void adjust(Cpu cpu, Rmpadjust adjustment) {
        RmpadjustResult result = cpu.ask(adjustment);
        if (result != RmpadjustResult.SUCCESS) {
            throw new Panic("%s failed: %s".formatted(adjustment, result));
        }
    }

    @Override
    public void handOn(Cpu cpu, long gpa, Level level, boolean zero) {
        change(cpu, gpa, level, true);
        if (zero) {
            zero(cpu, gpa, level);
        }
        grant(cpu, gpa, level);
    }
}
