package org.ringfence.machine.sev;

import java.util.List;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Family;

/**
 * What an untrusted host may draw from, with or without an RMP: one method a power.
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
        return List.of(new HostLoadFamily(memory));
    }

    /** Copies the ciphertext of a frame and writes it back to the same frame. */
    public static List<Family> replay(NestedGuest guest, Memory memory, CiphertextNote note) {
        return List.of(new SaveFamily(note, memory), new ReplayFamily(guest, note, memory));
    }

    /** With {@link #replay}: writes the copy to any other frame. */
    public static List<Family> relocate(NestedGuest guest, Memory memory, CiphertextNote note) {
        return List.of(new RelocateFamily(guest, note, memory));
    }
}
