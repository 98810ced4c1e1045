package org.ringfence.machine.vocabulary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Pconfig;
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

    private static List<Integer> sharedKeyIds(Machine machine) {
        int shared = machine.part(Memory.class).options().keyIds().shared();
        return IntStream.rangeClosed(1, shared).boxed().toList();
    }

    private static List<Integer> keys(Machine machine) {
        return IntStream.range(0, machine.part(Memory.class).keys().count()).boxed().toList();
    }
}
