package org.ringfence.machine.sev;

import java.util.List;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;

/**
 * What an untrusted host may draw from, and someone on the bus, with or without an RMP: one method a power.
 */
public final class SevAdversary {
    private SevAdversary() {}

    /** Maps any page to any frame. */
    public static List<Family> map(NestedGuest guest) {
        return List.of(new MapFamily(guest));
    }

    /** Unmaps any page. */
    public static List<Family> unmap(NestedGuest guest) {
        return List.of(new UnmapFamily(guest));
    }

    /** Resumes vCPUs that exited, of the actors 0 to {@code vcpus - 1}. */
    public static List<Family> resume(NestedGuest guest, int vcpus) {
        return List.of(new VmrunFamily(guest, vcpus));
    }

    /** Answers vCPUs that called with anything, of the actors 0 to {@code vcpus - 1}. */
    public static List<Family> answer(NestedGuest guest, int vcpus) {
        return List.of(new AnswerFamily(guest, vcpus));
    }

    /** Writes its own value to any frame where that is not refused. */
    public static List<Family> store(NestedGuest guest, Memory memory) {
        return List.of(new HostStoreFamily(guest, memory));
    }

    /** Reads any frame. */
    public static List<Family> load(Memory memory) {
        return List.of(new HostLoadFamily(Principal.HOST, memory));
    }

    /** Copies the ciphertext of any frame. */
    public static List<Family> save(Memory memory, CiphertextNote note) {
        return List.of(new SaveFamily(Principal.HOST, note, memory));
    }

    /** Writes the copy back to the same frame. */
    public static List<Family> replay(NestedGuest guest, Memory memory, CiphertextNote note) {
        return List.of(new ReplayFamily(Principal.HOST, guest, note, memory));
    }

    /** Writes the copy to any other frame. */
    public static List<Family> relocate(NestedGuest guest, Memory memory, CiphertextNote note) {
        return List.of(new RelocateFamily(Principal.HOST, guest, note, memory));
    }

    /** Moves ASIDs between the guest and one of its own, which reads any frame. The machine has the firmware. */
    public static List<Family> asids(Machine machine) {
        return List.of(AsidFamily.of(machine));
    }

    /** Holds the copy against what is at its place now. */
    public static List<Family> compare(Memory memory, CiphertextNote note) {
        return List.of(new CompareFamily(Principal.HOST, note, memory));
    }

    /** Someone on the memory bus: reads any frame, copies the ciphertext of any frame, and writes it to the same frame or to another, whosever it is. */
    public static List<Family> bus(NestedGuest guest, Memory memory, CiphertextNote note) {
        return List.of(
                new HostLoadFamily(Principal.BUS, memory),
                new SaveFamily(Principal.BUS, note, memory),
                new ReplayFamily(Principal.BUS, guest, note, memory),
                new RelocateFamily(Principal.BUS, guest, note, memory));
    }
}
