package org.ringfence.stack.guest.lending;

import org.ringfence.machine.cca.rtt.Ripas;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Look;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.pkvm.GuestCall;
import org.ringfence.machine.pkvm.GuestStatus;
import org.ringfence.machine.s390.SharedAccess;
import org.ringfence.machine.s390.UvStatus;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.psc.PageStateChange.Target;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.CarryFlag;
import org.ringfence.stack.guest.acceptance.PrivatePage;
import org.ringfence.stack.guest.acceptance.ValidatePage;
import org.ringfence.stack.guest.cca.ChangeRipas;
import org.ringfence.stack.guest.tdx.MapRange;

/**
 * A guest that keeps a secret in its first page, lends the page to its host, looks what both have there, takes it back,
 * looks once more, and keeps another secret in it. It is one routine on every protection; what lending and taking back
 * are differs.
 *
 * @param on what protects it
 * @param sanitise whether it writes over its secret before it lends the page
 */
public record LendPage(LendingPlatform on, boolean sanitise, Geometry geometry) implements Routine<Done> {

    private static final long PAGE = 0;

    /** Its options. */
    public record Options(
            @Meaning("what protects the guest") LendingPlatform on,
            @Meaning("whether it writes over its secret before it lends the page") boolean sanitise) {
        /** The routine on a machine of this size. */
        public LendPage of(Geometry geometry) {
            return new LendPage(on, sanitise, geometry);
        }
    }

    @Override
    public Done run(Cpu cpu) {
        if (on == LendingPlatform.SNP || on == LendingPlatform.TDX) {
            accept(cpu);
        }
        PrivatePage.write(cpu, PAGE, Value.DATA);
        PrivatePage.read(cpu, PAGE);
        if (sanitise) {
            PrivatePage.write(cpu, PAGE, Value.HOST);
        }
        cpu.ask(Note.givenUp(PAGE));
        lend(cpu);
        look(cpu, Mapping.SHARED);
        if (cpu.ask(new Store(PAGE, Mapping.SHARED, Value.HOST)) != Stored.STORED) {
            throw new Panic("fault in a store to a page that is lent");
        }
        takeBack(cpu);
        look(cpu, Mapping.PRIVATE);
        PrivatePage.write(cpu, PAGE, Value.NEWER);
        PrivatePage.read(cpu, PAGE);
        return Done.DONE;
    }

    private void lend(Cpu cpu) {
        switch (on) {
            case SEV -> {
                // C-bit 0: the host is not asked.
            }
            case SNP -> {
                cpu.call(new ValidatePage(PAGE, false, CarryFlag.FATAL, false));
                change(cpu, Target.SHARED);
            }
            case TDX -> cpu.call(new MapRange(geometry, Mapping.SHARED, PAGE, PAGE + Geometry.SMALL));
            case CCA -> cpu.call(new ChangeRipas(PAGE, PAGE + Geometry.SMALL, Ripas.EMPTY, true, geometry));
            case PKVM -> succeed(cpu, new GuestCall(GuestCall.Call.MEM_SHARE, PAGE), GuestStatus.SUCCESS);
            case S390 ->
                succeed(cpu, new SharedAccess(SharedAccess.Call.SET_SHARED_ACCESS, PAGE), UvStatus.SUCCESS);
        }
    }

    private void takeBack(Cpu cpu) {
        switch (on) {
            case SEV -> {
                // C-bit 1.
            }
            case SNP -> {
                change(cpu, Target.PRIVATE);
                accept(cpu);
            }
            case TDX -> {
                cpu.call(new MapRange(geometry, Mapping.PRIVATE, PAGE, PAGE + Geometry.SMALL));
                accept(cpu);
            }
            case CCA -> cpu.call(new ChangeRipas(PAGE, PAGE + Geometry.SMALL, Ripas.RAM, true, geometry));
            case PKVM -> succeed(cpu, new GuestCall(GuestCall.Call.MEM_UNSHARE, PAGE), GuestStatus.SUCCESS);
            case S390 ->
                succeed(cpu, new SharedAccess(SharedAccess.Call.REMOVE_SHARED_ACCESS, PAGE), UvStatus.SUCCESS);
        }
    }

    private void accept(Cpu cpu) {
        if (on == LendingPlatform.SNP) {
            cpu.call(new ValidatePage(PAGE, true, CarryFlag.FATAL, false));
        } else {
            succeed(cpu, new TdgMemPageAccept(PAGE, Level.SIZE_4K), TdgMemPageAccept.Result.TDX_SUCCESS);
        }
    }

    private static void change(Cpu cpu, Target target) {
        if (!cpu.ask(new PageStateChange(PAGE, target, Level.SIZE_4K)).is(PageStateChange.OK)) {
            throw new Panic("page state change to %s failed".formatted(target));
        }
    }

    private static <R extends Enum<R>> void succeed(Cpu cpu, Operation<R> operation, R success) {
        R result = cpu.ask(operation);
        if (result != success) {
            throw new Panic("%s ends with %s".formatted(operation.mnemonic(), result));
        }
    }

    private static void look(Cpu cpu, Mapping mapping) {
        Loaded found = cpu.ask(new Look(PAGE, mapping));
        if (!found.isContents()) {
            throw new Panic("fault in a look at a %s page".formatted(mapping));
        }
    }
}
