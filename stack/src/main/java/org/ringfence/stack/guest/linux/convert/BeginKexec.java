package org.ringfence.stack.guest.linux.convert;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.sync.LockOperation.TakeLock;
import org.ringfence.stack.sync.LockOperation.TryLock;

/**
 * enc_kexec_begin: no conversion begins from here on, and the lock is never given back. Answers whether none is in
 * flight; after an oops there may be one, whose CPU has stopped, and the kernel goes on all the same with a warning.
 * Source: Linux, arch/x86/mm/pat/set_memory.c (set_memory_enc_stop_conversion).
 *
 * @param oops whether the kernel has crashed, and must not wait
 */
public record BeginKexec(boolean oops) implements Routine<Boolean> {
    @Override
    public Boolean run(Cpu cpu) {
        if (oops) {
            return cpu.ask(new TryLock(SetMemory.LOCK));
        }
        cpu.ask(new TakeLock(SetMemory.LOCK));
        return true;
    }
}
