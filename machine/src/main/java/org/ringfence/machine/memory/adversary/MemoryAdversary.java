package org.ringfence.machine.memory.adversary;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.ringfence.machine.memory.CacheInstruction;
import org.ringfence.machine.memory.CacheOptions;
import org.ringfence.machine.memory.CacheOptions.Invd;
import org.ringfence.machine.memory.LineInstruction;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;

/**
 * What the memory itself does, and what those may do with it who are not trusted, as far as the machine has the parts
 * for it.
 */
public final class MemoryAdversary {
    private MemoryAdversary() {}

    /** What happens without anyone's doing: lines leave caches. */
    public static List<Family> hardware(Machine machine) {
        Memory memory = machine.part(Memory.class);
        return memory.options().caches().present() ? List.of(new EvictFamily(memory.caches())) : List.of();
    }

    /** A host that loads, stores, flushes and programs keys as it likes, under shared KeyIDs. */
    public static List<Family> maliciousHost(Machine machine) {
        Memory memory = machine.part(Memory.class);
        MemoryOptions options = memory.options();
        List<Family> families = new ArrayList<>();
        Set<LineInstruction> instructions = EnumSet.of(LineInstruction.LOAD, LineInstruction.STORE);
        if (options.partialWriteErratum()) {
            instructions.add(LineInstruction.MOVNTI);
        }
        if (options.caches().present()) {
            instructions.add(LineInstruction.CLFLUSH);
            instructions.add(LineInstruction.MOVDIR64B);
        }
        for (LineInstruction instruction : instructions) {
            families.add(OnLineFamily.of(instruction, Principal.HOST, machine));
        }
        families.addAll(caches(memory));
        if (options.macBits() > 0 && options.keyIds().shared() > 0) {
            families.add(new PconfigFamily(memory));
        }
        return List.copyOf(families);
    }

    /** Instructions of the host on whole caches; none without. */
    public static List<Family> caches(Memory memory) {
        CacheOptions options = memory.options().caches();
        List<Family> families = new ArrayList<>();
        for (CacheInstruction instruction : CacheInstruction.values()) {
            if (options.present() && (instruction != CacheInstruction.INVD || options.invd() != Invd.FAULTS)) {
                families.add(new OnCacheFamily(instruction, Principal.HOST, memory.caches()));
            }
        }
        return List.copyOf(families);
    }

    /** A host that reads all it can reach under shared KeyIDs, and writes nothing. */
    public static List<Family> retroactiveHost(Machine machine) {
        return List.of(OnLineFamily.of(LineInstruction.LOAD, Principal.HOST, machine));
    }

    /** Host software without privilege: it loads and stores, also past the caches, and flushes lines. */
    public static List<Family> maliciousVmm(Machine machine) {
        return List.of(
                OnLineFamily.of(LineInstruction.LOAD, Principal.VMM, machine),
                OnLineFamily.of(LineInstruction.STORE, Principal.VMM, machine),
                OnLineFamily.of(LineInstruction.MOVNTI, Principal.VMM, machine),
                OnLineFamily.of(LineInstruction.CLFLUSH, Principal.VMM, machine));
    }

    /** A device that reads and writes all it can reach, full lines and parts of them. */
    public static List<Family> maliciousDevice(Machine machine) {
        return List.of(
                OnLineFamily.of(LineInstruction.DMA_READ, Principal.DEVICE, machine),
                OnLineFamily.of(LineInstruction.DMA_WRITE, Principal.DEVICE, machine),
                OnLineFamily.of(LineInstruction.DMA_WRITE_PART, Principal.DEVICE, machine));
    }
}
