package org.ringfence.stack.guest.tdx;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;

/** Reads a private page; where that raises #VE, its handler decides whether it is read again. */
public record ReadPage(long gpa, OnException handler) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        Loaded loaded = cpu.ask(new Load(gpa));
        if (loaded.isContents()) {
            return Done.DONE;
        }
        return switch (handler) {
            case ACCEPT -> {
                cpu.ask(new TdgMemPageAccept(gpa, Level.SIZE_4K));
                yield cpu.again(this);
            }
            case PANIC -> throw new Panic("#VE on private GPA 0x%X".formatted(gpa));
        };
    }
}
