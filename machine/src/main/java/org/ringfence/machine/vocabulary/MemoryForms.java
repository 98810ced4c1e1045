package org.ringfence.machine.vocabulary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.Evict;
import org.ringfence.machine.memory.HostGivesUp;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.OnCache;
import org.ringfence.machine.memory.OnLine;
import org.ringfence.machine.memory.Pconfig;
import org.ringfence.machine.memory.PoisonOnLine;
import org.ringfence.machine.memory.ProbeMac;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;

/** What a host does with keys and MACs, whatever the protection. */
public final class MemoryForms {
    private MemoryForms() {}

    /** All of them. */
    public static List<Form> all() {
        return List.of(
                Form.of("PCONFIG", Principal.HOST, Pconfig.class, MemoryForms::sharedKeyIds, MemoryForms::keys),
                Form.of(
                        "probe MAC",
                        Principal.HOST,
                        ProbeMac.class,
                        Range.frames(),
                        MemoryForms::sharedKeyIds,
                        MemoryForms::keys));
    }

    /** Accesses to lines and to caches by anyone who has no guest's keys, and what caches do by themselves. */
    public static List<Form> lines() {
        Principal[] others = {Principal.HARDWARE, Principal.VMM, Principal.DEVICE, Principal.BUS};
        return List.of(
                Form.told("access to a line", OnLine.class, Principal.HOST, others).namedBy("instruction"),
                Form.told("cache", OnCache.class, Principal.HOST, others).namedBy("instruction"),
                Form.told("poison", PoisonOnLine.class, Principal.HOST, others),
                Form.told("evict", Evict.class, Principal.HOST, others),
                Form.told("note", HostGivesUp.class, Principal.HOST, others));
    }

    private static List<Integer> sharedKeyIds(Machine machine) {
        int shared = machine.part(Memory.class).options().keyIds().shared();
        return IntStream.rangeClosed(1, shared).boxed().toList();
    }

    private static List<Integer> keys(Machine machine) {
        return IntStream.range(0, machine.part(Memory.class).keys().count()).boxed().toList();
    }
}
