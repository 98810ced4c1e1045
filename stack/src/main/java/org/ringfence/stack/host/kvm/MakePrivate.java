package org.ringfence.stack.host.kvm;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.sev.BackingFrame;
import org.ringfence.machine.sev.SplitNestedPage;
import org.ringfence.machine.sev.UnmapNestedPage;
import org.ringfence.machine.snp.rmp.LookUpPage;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.snp.rmp.RmpupdateResult;

/**
 * Makes a 4K page private: assigns its frame to it, or another one if conversion is not in place. Answers whether it
 * succeeded.
 */
public record MakePrivate(long gpa, Hosting hosting) implements Routine<Boolean> {
    @Override
    public Boolean run(Cpu cpu) {
        return switch (cpu.ask(new LookUpPage(gpa))) {
            case PRIVATE, PRIVATE_2M, PRIVATE_2M_MAPPED_4K, PRIVATE_4K_MAPPED_2M -> true;
            case UNMAPPED -> cpu.call(new BackPrivate(gpa, Level.SIZE_4K, hosting));
            case SHARED_2M -> {
                cpu.ask(new SplitNestedPage(gpa));
                yield assign(cpu);
            }
            case SHARED -> assign(cpu);
        };
    }

    private boolean assign(Cpu cpu) {
        Frame frame = cpu.ask(new BackingFrame(gpa, Level.SIZE_4K, hosting.geometry().frames()));
        return switch (hosting.conversion()) {
            case IN_PLACE -> cpu.ask(Rmpupdate.assign(frame, gpa, Level.SIZE_4K)) == RmpupdateResult.SUCCESS;
            case SEPARATE -> {
                cpu.ask(new UnmapNestedPage(gpa));
                cpu.ask(new GiveFrame(frame, Level.SIZE_4K));
                yield cpu.call(new BackPrivate(gpa, Level.SIZE_4K, hosting));
            }
        };
    }
}
