package org.ringfence.machine.snp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Machine;

/** What each untrusted principal may draw from on SEV-SNP, one list a threat model. */
public final class SnpAdversary {
    private SnpAdversary() {}

    /**
     * A host that does anything within {@code powers} at any time. Replay and relocation need a {@link CiphertextNote}
     * in the machine and are left out where it has none.
     *
     * @param vcpus actors 0 to {@code vcpus - 1} are the guest's
     */
    public static List<Family> maliciousHost(Machine machine, int vcpus, Set<HostPower> powers) {
        Snp snp = machine.part(Snp.class);
        Memory memory = machine.part(Memory.class);
        Optional<CiphertextNote> note = machine.find(CiphertextNote.class);
        List<Family> families = new ArrayList<>();
        for (HostPower power : new TreeSet<>(powers)) {
            families.addAll(
                    switch (power) {
                        case ASSIGN ->
                            List.of(new AssignFamily(snp, powers.contains(HostPower.ASSIGN_IMMUTABLE)));
                        case RELEASE -> List.of(new ReleaseFamily(snp));
                        case SMASH ->
                            snp.geometry().hasLargePages() ? List.of(new PsmashFamily(snp)) : List.<Family>of();
                        case MAP -> List.of(new MapFamily(snp));
                        case UNMAP -> List.of(new UnmapFamily(snp));
                        case RESUME -> List.of(new VmrunFamily(snp, vcpus));
                        case ANSWER -> List.of(new AnswerFamily(snp, vcpus));
                        case STORE -> List.of(new HostStoreFamily(snp, memory));
                        case LOAD -> List.of(new HostLoadFamily(memory));
                        case REPLAY ->
                            note.map(saved -> List.of(
                                    new SaveFamily(saved, memory), new ReplayFamily(snp, saved, memory)))
                                    .orElse(List.of());
                        case RELOCATE ->
                            note.map(saved -> List.<Family>of(new RelocateFamily(snp, saved, memory)))
                                    .orElse(List.of());
                        case ASSIGN_IMMUTABLE -> List.<Family>of();
                    });
        }
        return List.copyOf(families);
    }

    /** A host that from a chosen instant on reads all it can reach and writes nothing. */
    public static List<Family> retroactiveHost(Machine machine) {
        return List.of(new HostLoadFamily(machine.part(Memory.class)));
    }

    /**
     * Software at VMPL2 that reads and writes all it can reach.
     *
     * @param shared whether it also uses mappings with C-bit 0, which reach only frames that are the host's anyway
     */
    public static List<Family> maliciousInnerGuest(Machine machine, boolean shared) {
        Snp snp = machine.part(Snp.class);
        Memory memory = machine.part(Memory.class);
        List<Family> families = new ArrayList<>();
        families.add(new InnerLoadFamily(snp, memory, Mapping.PRIVATE));
        families.add(new InnerStoreFamily(snp, memory, Mapping.PRIVATE));
        if (shared) {
            families.add(new InnerLoadFamily(snp, memory, Mapping.SHARED));
            families.add(new InnerStoreFamily(snp, memory, Mapping.SHARED));
        }
        return List.copyOf(families);
    }
}
