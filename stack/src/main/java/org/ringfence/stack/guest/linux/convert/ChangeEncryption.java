package org.ringfence.stack.guest.linux.convert;

import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.psc.PageStateChange.Target;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.stack.guest.acceptance.CarryFlag;
import org.ringfence.stack.guest.acceptance.HandOverEarlyMemory.On;
import org.ringfence.stack.guest.acceptance.ValidatePage;
import org.ringfence.stack.guest.linux.convert.DirectMap.Entry;

/**
 * __set_memory_enc_pgtable of one 4K page: the entry of the direct map, and what the platform does before it or after
 * it.
 *
 * <ul>
 * <li>TDX, to shared: the entry, then MapGPA. To private: MapGPA and the accept, then the entry. What fails is -EIO,
 * and nothing is undone: after a MapGPA to shared that failed the entry is shared.
 * <li>SEV-SNP, to shared: PVALIDATE rescinds, the page state change, then the entry. To private: the entry, then the
 * page state change and PVALIDATE. What fails ends the guest.
 * </ul>
 *
 * <p>Source: Linux, arch/x86/mm/pat/set_memory.c, tdx_enc_status_change_prepare and _finish,
 * amd_enc_status_change_prepare and _finish.
 */
record ChangeEncryption(On on, Geometry geometry, long gpa, Mapping to, ConversionOrder order)
        implements
            Routine<ConversionErrno> {

    @Override
    public ConversionErrno run(Cpu cpu) {
        if (to == Mapping.SHARED) {
            cpu.ask(Note.givenUp(gpa));
        }
        Entry entry = Entry.of(to);
        Optional<Entry> before = switch (order) {
            case LINUX -> isEntryFirst() ? Optional.of(entry) : Optional.empty();
            case SWAPPED -> isEntryFirst() ? Optional.empty() : Optional.of(entry);
            case UNMAPPED -> Optional.of(Entry.NONE);
        };
        if (before.isPresent()) {
            cpu.ask(new DirectMap.SetEntry(gpa, before.get()));
        }
        boolean changed = switch (on) {
            case TDX -> onTdx(cpu);
            case SNP -> onSnp(cpu);
        };
        if (!changed) {
            return ConversionErrno.EIO;
        }
        if (before.isEmpty() || before.get() != entry) {
            cpu.ask(new DirectMap.SetEntry(gpa, entry));
        }
        return ConversionErrno.OK;
    }

    private boolean isEntryFirst() {
        return on == On.TDX == (to == Mapping.SHARED);
    }

    private boolean onTdx(Cpu cpu) {
        if (!cpu.call(new TryMapGpa(geometry, to, gpa, gpa + Geometry.SMALL, 0))) {
            return false;
        }
        if (to == Mapping.SHARED) {
            return true;
        }
        if (cpu.ask(new TdgMemPageAccept(gpa, Level.SIZE_4K)) != TdgMemPageAccept.Result.TDX_SUCCESS) {
            return false;
        }
        cpu.ask(Note.takenForAccepted(gpa));
        return true;
    }

    private boolean onSnp(Cpu cpu) {
        if (to == Mapping.SHARED) {
            cpu.call(new ValidatePage(gpa, false, CarryFlag.FATAL, false));
            change(cpu, Target.SHARED);
        } else {
            change(cpu, Target.PRIVATE);
            cpu.call(new ValidatePage(gpa, true, CarryFlag.FATAL, false));
        }
        return true;
    }

    private void change(Cpu cpu, Target target) {
        if (!cpu.ask(new PageStateChange(gpa, target, Level.SIZE_4K)).is(PageStateChange.OK)) {
            throw new Panic("terminate request (LINUX, PSC): page state change of GPA 0x%X to %s failed"
                    .formatted(gpa, target));
        }
    }
}
