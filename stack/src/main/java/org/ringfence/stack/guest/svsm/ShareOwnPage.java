package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;

/** A monitor that shares a page with its host and takes it back. */
public record ShareOwnPage(
        @Meaning("the platform") SvsmPlatform.Kind on,
        @Meaning("SEV-SNP: whether it looks at SW_EXITINFO2, where KVM puts the error of a page state change") boolean checkExitInfo2)
        implements
            Routine<Done> {

    private static final long PAGE = 0;

    /** The routine with its default options. */
    public static ShareOwnPage standard() {
        return new ShareOwnPage(SvsmPlatform.Kind.SNP, true);
    }

    @Override
    public Done run(Cpu cpu) {
        SvsmPlatform platform = SvsmPlatform.of(on, SvsmChoices.careful(1).checkingExitInfo2(checkExitInfo2));
        platform.validate(cpu, PAGE, Level.SIZE_4K);
        OwnPage.write(cpu, PAGE, Value.DATA);
        OwnPage.read(cpu, PAGE);
        platform.zero(cpu, PAGE, Level.SIZE_4K);
        cpu.ask(Note.givenUp(PAGE));
        platform.share(cpu, PAGE);
        Loaded loaded = cpu.ask(new Load(PAGE, Mapping.SHARED));
        if (!loaded.isContents()) {
            throw new Panic("the monitor stops at a fault, %s, in a load from a shared page".formatted(loaded));
        }
        platform.unshare(cpu, PAGE);
        OwnPage.read(cpu, PAGE);
        OwnPage.write(cpu, PAGE, Value.NEWER);
        OwnPage.read(cpu, PAGE);
        return Done.DONE;
    }
}
