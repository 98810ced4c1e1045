package org.ringfence.stack.guest.linux.convert;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.acceptance.HandOverEarlyMemory.On;
import org.ringfence.stack.sync.LockOperation.GiveReadLock;
import org.ringfence.stack.sync.LockOperation.TryReadLock;

/**
 * set_memory_decrypted ({@code to} shared) and set_memory_encrypted of one 4K page. Whoever gets an error must not give
 * the page to anybody: it may be shared. Source: Linux, arch/x86/mm/pat/set_memory.c (__set_memory_enc_dec).
 */
public record SetMemory(On on, Geometry geometry, long gpa, Mapping to, ConversionOrder order)
        implements
            Routine<ConversionErrno> {

    /** The lock that a conversion takes for reading, and a kexec for writing. */
    public static final String LOCK = "mem_enc_lock";

    /** In Linux' order. */
    public static SetMemory linux(On on, Geometry geometry, long gpa, Mapping to) {
        return new SetMemory(on, geometry, gpa, to, ConversionOrder.LINUX);
    }

    @Override
    public ConversionErrno run(Cpu cpu) {
        if (!cpu.ask(new TryReadLock(LOCK))) {
            return ConversionErrno.EBUSY;
        }
        ConversionErrno result = cpu.call(new ChangeEncryption(on, geometry, gpa, to, order));
        cpu.ask(new GiveReadLock(LOCK));
        return result;
    }
}
