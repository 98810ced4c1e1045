package org.ringfence.wasm;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.stack.sync.LockOperation;
import org.ringfence.wasm.shared.WordOperation;

/** What {@code bitmap.c} does, in Java. */
record BitmapTwin(int page, boolean repaired) implements Routine<Done> {
    private static final int VALUES = 4;

    @Override
    public Done run(Cpu cpu) {
        long gpa = page * 0x1000L;
        int bit = 1 << page;
        if (cpu.ask(new TdgMemPageAccept(gpa, Level.SIZE_4K)) != TdgMemPageAccept.Result.TDX_SUCCESS) {
            throw new Panic("accept failed of GPA 0x%X".formatted(gpa));
        }
        cpu.ask(Note.takenForAccepted(gpa));
        lock(cpu);
        int before = cpu.ask(new WordOperation.Fetch("accepted", 0, VALUES));
        cpu.ask(new WordOperation.Put("accepted", 0, before | bit));
        unlock(cpu);
        lock(cpu);
        int known = cpu.ask(new WordOperation.Fetch("accepted", 0, VALUES));
        unlock(cpu);
        if ((known & bit) == 0) {
            throw new Panic("the bitmap has lost GPA 0x%X".formatted(gpa));
        }
        if (cpu.ask(new Store(gpa, Value.DATA)) != Stored.STORED || !cpu.ask(new Load(gpa)).isContents()) {
            throw new Panic("fault in GPA 0x%X".formatted(gpa));
        }
        return Done.DONE;
    }

    private void lock(Cpu cpu) {
        if (repaired) {
            cpu.ask(new LockOperation.TakeLock("bitmap"));
        }
    }

    private void unlock(Cpu cpu) {
        if (repaired) {
            cpu.ask(new LockOperation.GiveLock("bitmap"));
        }
    }
}
