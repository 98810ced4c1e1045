package org.ringfence.machine.sev.adversary;

import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.NumberedFamily;
import org.ringfence.machine.operation.NumberedFamily.Attempt;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.sev.AnswerVmgexit;
import org.ringfence.machine.sev.HostLoad;
import org.ringfence.machine.sev.HostStore;
import org.ringfence.machine.sev.NestedGuest;
import org.ringfence.machine.sev.UnmapNestedPage;
import org.ringfence.machine.sev.Vmrun;

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
        Geometry geometry = guest.geometry();
        return List.of(new NumberedFamily(
                Principal.HOST,
                geometry.pages(),
                (state, page) -> {
                    guest.npt().unmap(state, page);
                    return true;
                },
                page -> new UnmapNestedPage(geometry.gpa(page))));
    }

    /** Resumes vCPUs that exited, of the actors 0 to {@code vcpus - 1}. */
    public static List<Family> resume(NestedGuest guest, int vcpus) {
        return List.of(new NumberedFamily(
                Principal.HOST,
                vcpus,
                guest::resume,
                Vmrun::new));
    }

    /** Answers vCPUs that called with anything, of the actors 0 to {@code vcpus - 1}. */
    public static List<Family> answer(NestedGuest guest, int vcpus) {
        return List.of(new NumberedFamily(
                Principal.HOST,
                vcpus,
                (state, vcpu) -> guest.answer(state, vcpu, AnswerVmgexit.KNOWN),
                vcpu -> new AnswerVmgexit(vcpu, AnswerVmgexit.KNOWN)));
    }

    /** Writes its own value to any frame where that is not refused. */
    public static List<Family> store(NestedGuest guest, Memory memory) {
        return List.of(onFrames(
                Principal.HOST,
                memory,
                (state, frame) -> {
                    boolean refused = guest.refusesHostWrite(state, frame, Level.SIZE_4K);
                    if (!refused) {
                        memory.store(state, 0, frame, Value.HOST, 0);
                    }
                    return !refused;
                },
                frame -> new HostStore(frame, Value.HOST)));
    }

    /** Reads any frame. */
    public static List<Family> load(Memory memory) {
        return List.of(load(Principal.HOST, memory));
    }

    /** Reading changes nothing but what is known, and what caches write back for it. */
    private static Family load(Principal who, Memory memory) {
        return onFrames(
                who,
                memory,
                (state, frame) -> {
                    Ledger.seen(state, who, memory.load(state, 0, frame, 0));
                    return true;
                },
                HostLoad::new);
    }

    /** Copies the ciphertext of any frame. */
    public static List<Family> save(Memory memory, CiphertextNote note) {
        return List.of(save(Principal.HOST, memory, note));
    }

    private static Family save(Principal who, Memory memory, CiphertextNote note) {
        return onFrames(
                who,
                memory,
                (state, frame) -> {
                    boolean any = note.canSave(state, memory, frame);
                    if (any) {
                        note.save(state, memory, frame);
                    }
                    return any;
                },
                SaveCiphertext::new);
    }

    /** Writes the copy back to the same frame. */
    public static List<Family> replay(NestedGuest guest, Memory memory, CiphertextNote note) {
        return List.of(replay(Principal.HOST, guest, memory, note));
    }

    private static Family replay(Principal who, NestedGuest guest, Memory memory, CiphertextNote note) {
        return new NumberedFamily(
                who,
                1,
                (state, only) -> !note.isEmpty(state)
                        && note.writeBackUnlessRefused(state, who, guest, memory, note.writtenAt().get(state)),
                only -> new ReplayCiphertext());
    }

    /** Writes the copy to any other frame. */
    public static List<Family> relocate(NestedGuest guest, Memory memory, CiphertextNote note) {
        return List.of(relocate(Principal.HOST, guest, memory, note));
    }

    private static Family relocate(Principal who, NestedGuest guest, Memory memory, CiphertextNote note) {
        return onFrames(
                who,
                memory,
                (state, frame) -> !note.isEmpty(state)
                        && frame != note.writtenAt().get(state)
                        && note.writeBackUnlessRefused(state, who, guest, memory, frame),
                RelocateCiphertext::new);
    }

    /** Moves ASIDs between the guest and one of its own, which reads any frame. The machine has the firmware. */
    public static List<Family> asids(Machine machine) {
        return List.of(AsidFamily.of(machine));
    }

    /** Holds the copy against what is at its place now. */
    public static List<Family> compare(Memory memory, CiphertextNote note) {
        return List.of(onFrames(
                Principal.HOST,
                memory,
                (state, frame) -> {
                    boolean comparable = CompareCiphertext.isComparable(state, memory, note, frame);
                    if (comparable && CompareCiphertext.differ(state, memory, note, frame)) {
                        Ledger.seen(state, Principal.HOST, memory.value().ordinal(state, frame));
                    }
                    return comparable;
                },
                CompareCiphertext::new));
    }

    /**
     * Someone on the memory bus: reads any frame, copies the ciphertext of any frame, and writes it to the same frame
     * or to another, whosever it is.
     */
    public static List<Family> bus(NestedGuest guest, Memory memory, CiphertextNote note) {
        return List.of(
                load(Principal.BUS, memory),
                save(Principal.BUS, memory, note),
                replay(Principal.BUS, guest, memory, note),
                relocate(Principal.BUS, guest, memory, note));
    }

    private static Family onFrames(
            Principal who, Memory memory, Attempt attempt, Function<Frame, Operation<?>> operation) {
        IntFunction<Operation<?>> ofNumber = frame -> operation.apply(new Frame(frame));
        return new NumberedFamily(who, memory.geometry().frames(), attempt, ofNumber);
    }
}
