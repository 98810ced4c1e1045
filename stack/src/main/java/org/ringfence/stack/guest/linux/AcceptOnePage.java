package org.ringfence.stack.guest.linux;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.psc.PageStateChange.Target;
import org.ringfence.stack.guest.acceptance.AcceptPage;
import org.ringfence.stack.guest.acceptance.CarryFlag;
import org.ringfence.stack.guest.acceptance.HandOverEarlyMemory.On;
import org.ringfence.stack.guest.acceptance.Policy;
import org.ringfence.stack.guest.acceptance.ValidatePage;

/**
 * arch_accept_memory of one 4K page; whoever gets the page finds it zeroed, on SEV-SNP by the kernel itself. {@link
 * TdxArchAccept} and {@link SnpArchAccept} do it for ranges of real size.
 */
public record AcceptOnePage(On on, long gpa) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        return switch (on) {
            case TDX -> cpu.call(new AcceptPage(gpa, Level.SIZE_4K, Policy.LINUX, 1, true));
            case SNP -> {
                if (!cpu.ask(new PageStateChange(gpa, Target.PRIVATE, Level.SIZE_4K)).is(PageStateChange.OK)) {
                    throw new Panic("page state change of GPA 0x%X failed".formatted(gpa));
                }
                yield cpu.call(new ValidatePage(gpa, true, CarryFlag.FATAL, true));
            }
        };
    }
}
