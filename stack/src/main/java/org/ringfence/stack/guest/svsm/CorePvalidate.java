package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Scrub;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.snp.Invlpgb;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.PvalidateResult;
import org.ringfence.machine.snp.rmp.Rmpadjust;
import org.ringfence.machine.snp.rmp.RmpadjustResult;
import org.ringfence.stack.guest.svsm.CallingArea.Use;
import org.ringfence.stack.guest.svsm.RegistryOperation.LookUpUse;

/**
 * One entry of SVSM_CORE_PVALIDATE: a page is validated, zeroed and granted, or revoked, invalidated and flushed. Where
 * a step fails those before it stay done, and nothing is flushed. Source: COCONUT-SVSM, kernel/src/protocols/core.rs,
 * core_pvalidate_one.
 */
record CorePvalidate(CoreProtocol protocol, long entry) implements Routine<SvsmResult> {
    private static final long RESERVED = 0xFF0;
    private static final long PAGE_MASK = 0xFFF;
    private static final int VALIDATE = 1 << 2;
    private static final int IGNORE_CF = 1 << 3;

    @Override
    public SvsmResult run(Cpu cpu) {
        int size = (int) entry & 3;
        if ((entry & RESERVED) != 0 || size > 1) {
            return SvsmResult.INVALID_PARAMETER;
        }
        Level level = size == 1 ? Level.SIZE_2M : Level.SIZE_4K;
        long gpa = entry & ~PAGE_MASK;
        long bytes = level == Level.SIZE_2M ? Geometry.LARGE : Geometry.SMALL;
        if ((gpa & bytes - 1) != 0) {
            return SvsmResult.INVALID_PARAMETER;
        }
        if (!protocol.isGuestMemory(gpa, bytes) || isRegistered(cpu, gpa, level)) {
            return SvsmResult.INVALID_ADDRESS;
        }
        return (entry & VALIDATE) != 0 ? validate(cpu, gpa, level) : invalidate(cpu, gpa, level);
    }

    private boolean isRegistered(Cpu cpu, long gpa, Level level) {
        int pages =
                switch (protocol.checks()) {
                    case NONE -> 0;
                    case FIRST_PAGE -> 1;
                    case ALL -> protocol.geometry().span(level);
                };
        for (int i = 0; i < pages; i++) {
            if (cpu.ask(new LookUpUse(gpa + i * Geometry.SMALL)) != Use.NONE) {
                return true;
            }
        }
        return false;
    }

    private SvsmResult validate(Cpu cpu, long gpa, Level level) {
        SvsmResult result = pvalidate(cpu, Pvalidate.validate(gpa, level));
        if (result != SvsmResult.SUCCESS) {
            return result;
        }
        if (protocol.zeroes() && !protocol.isInHole(gpa)) {
            for (int i = 0; i < protocol.geometry().span(level); i++) {
                if (cpu.ask(new Scrub(gpa + i * Geometry.SMALL)) != Stored.STORED) {
                    throw new Panic("the monitor stops at a fault while zeroing GPA 0x%X".formatted(gpa));
                }
            }
        }
        return adjust(cpu, protocol, Rmpadjust.grant(gpa, level));
    }

    private SvsmResult invalidate(Cpu cpu, long gpa, Level level) {
        SvsmResult revoked = revoke(cpu, protocol, gpa, level);
        if (revoked != SvsmResult.SUCCESS) {
            return revoked;
        }
        SvsmResult rescinded = pvalidate(cpu, Pvalidate.rescind(gpa, level));
        if (rescinded == SvsmResult.SUCCESS) {
            cpu.ask(new Invlpgb());
        }
        return rescinded;
    }

    private SvsmResult pvalidate(Cpu cpu, Pvalidate instruction) {
        PvalidateResult result = cpu.ask(instruction);
        boolean ignored = result == PvalidateResult.UNCHANGED && (entry & IGNORE_CF) != 0;
        return ignored ? SvsmResult.SUCCESS : SvsmResult.of(result);
    }

    /** Takes a page from VMPL2 and then from VMPL3; an error stops that. */
    static SvsmResult revoke(Cpu cpu, CoreProtocol protocol, long gpa, Level level) {
        SvsmResult revoked = SvsmResult.SUCCESS;
        for (int vmpl = Snp.INNER_VMPL; vmpl <= Snp.LAST_VMPL && revoked == SvsmResult.SUCCESS; vmpl++) {
            revoked = adjust(cpu, protocol, Rmpadjust.revoke(gpa, level, vmpl));
        }
        return revoked;
    }

    /** RMPADJUST as the monitor does it: a page that is not validated raises #VC 0x404 in the monitor itself. */
    static SvsmResult adjust(Cpu cpu, CoreProtocol protocol, Rmpadjust instruction) {
        RmpadjustResult result = cpu.ask(instruction);
        if (result == RmpadjustResult.PAGE_NOT_VALIDATED && !protocol.survivesUnvalidated()) {
            throw new Panic("the monitor stops at #VC 0x404 in %s".formatted(instruction));
        }
        return SvsmResult.of(result);
    }
}
