package org.ringfence.stack.guest.acceptance;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Scrub;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAttrWr;
import org.ringfence.machine.tdx.tdcall.TdgVpInvept;

/**
 * Accepts a page on TDX as one of the consumers does. When it returns, its caller takes the page for accepted and zero.
 *
 * @param gpa of the page, aligned to its size
 * @param level its size
 * @param small 4K pages in a 2M page
 * @param fallBack whether a 2M page that the host backs with 4K pages is accepted page by page; every consumer does
 * @param busyTries how often TDX_OPERAND_BUSY is tried again; negative for without end
 */
public record AcceptPage(long gpa, Level level, Policy policy, int small, boolean fallBack, int busyTries)
        implements
            Routine<Done> {

    /**
     * As the consumer of this policy does it: td-shim tries a busy page 5 times, edk2 3 times, Linux not again, COCONUT
     * for ever.
     */
    public AcceptPage(long gpa, Level level, Policy policy, int small, boolean fallBack) {
        this(gpa, level, policy, small, fallBack, busyTries(policy));
    }

    private static int busyTries(Policy policy) {
        return switch (policy) {
            case LINUX -> 0;
            case TD_SHIM -> 5;
            case EDK2 -> 3;
            case COCONUT, RECOVER -> -1;
        };
    }

    @Override
    public Done run(Cpu cpu) {
        TdgMemPageAccept.Result result = cpu.ask(new TdgMemPageAccept(gpa, level));
        return switch (result) {
            case TDX_SUCCESS -> taken(cpu);
            case TDX_PAGE_ALREADY_ACCEPTED, TDX_PAGE_ALREADY_ACCEPTED_2M, TDX_PAGE_ALREADY_ACCEPTED_1G ->
                already(cpu, result);
            case TDX_PAGE_SIZE_MISMATCH_4K, TDX_PAGE_SIZE_MISMATCH_2M -> mismatch(cpu);
            case TDX_OPERAND_BUSY_RCX -> busy(cpu);
            case TDX_OPERAND_INVALID_RCX -> failed(result);
        };
    }

    private Done taken(Cpu cpu) {
        for (int i = 0; i < pages(); i++) {
            cpu.ask(Note.takenForAccepted(gpa + i * Geometry.SMALL));
        }
        return Done.DONE;
    }

    private Done already(Cpu cpu, TdgMemPageAccept.Result result) {
        return switch (policy) {
            case LINUX -> level == Level.SIZE_2M ? inSmallPages(cpu) : failed(result);
            case TD_SHIM -> result == TdgMemPageAccept.Result.TDX_PAGE_ALREADY_ACCEPTED ? taken(cpu) : failed(result);
            case EDK2 -> taken(cpu);
            case COCONUT -> {
                zero(cpu);
                yield taken(cpu);
            }
            case RECOVER -> {
                cpu.ask(TdgMemPageAttrWr.revoke(gpa, level, true));
                cpu.ask(new TdgVpInvept());
                zero(cpu);
                yield taken(cpu);
            }
        };
    }

    private Done failed(TdgMemPageAccept.Result result) {
        throw new Panic("accept of GPA 0x%X failed: %s".formatted(gpa, result.worded()));
    }

    private Done mismatch(Cpu cpu) {
        if (level == Level.SIZE_4K || !fallBack) {
            throw new Panic("accept of GPA 0x%X failed: its size does not match".formatted(gpa));
        }
        return inSmallPages(cpu);
    }

    private Done inSmallPages(Cpu cpu) {
        for (int i = 0; i < small; i++) {
            cpu.call(new AcceptPage(gpa + i * Geometry.SMALL, Level.SIZE_4K, policy, small, fallBack,
                    busyTries(policy)));
        }
        return Done.DONE;
    }

    private Done busy(Cpu cpu) {
        if (busyTries == 0) {
            return policy == Policy.LINUX && level == Level.SIZE_2M
                    ? inSmallPages(cpu)
                    : failed(TdgMemPageAccept.Result.TDX_OPERAND_BUSY_RCX);
        }
        return cpu
                .again(new AcceptPage(gpa, level, policy, small, fallBack, busyTries < 0 ? busyTries : busyTries - 1));
    }

    private void zero(Cpu cpu) {
        for (int i = 0; i < pages(); i++) {
            if (cpu.ask(new Scrub(gpa + i * Geometry.SMALL)) != Stored.STORED) {
                throw new Panic("fault while zeroing GPA 0x%X".formatted(gpa));
            }
        }
    }

    private int pages() {
        return level == Level.SIZE_2M ? small : 1;
    }
}
