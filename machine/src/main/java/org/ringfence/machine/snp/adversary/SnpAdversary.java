package org.ringfence.machine.snp.adversary;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.NumberedFamily;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.sev.adversary.CiphertextNote;
import org.ringfence.machine.sev.adversary.SevAdversary;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.VmrunFromVmsa;
import org.ringfence.machine.snp.VmrunResult;
import org.ringfence.machine.snp.psc.PscBuffers;
import org.ringfence.machine.snp.rmp.Aliases;
import org.ringfence.machine.snp.rmp.Psmash;
import org.ringfence.machine.snp.rmp.PsmashResult;

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
                            snp.geometry().hasLargePages() ? List.of(psmash(snp)) : List.<Family>of();
                        case MAP -> SevAdversary.map(snp);
                        case UNMAP -> SevAdversary.unmap(snp);
                        case RESUME -> Stream.concat(SevAdversary.resume(snp, vcpus).stream(), run(snp).stream())
                                .toList();
                        case ANSWER ->
                            Stream.concat(
                                    SevAdversary.answer(snp, vcpus).stream(),
                                    machine.find(PscBuffers.class).stream().map(ForgeHeaderFamily::new))
                                    .<Family>map(family -> family)
                                    .toList();
                        case STORE -> SevAdversary.store(snp, memory);
                        case LOAD -> SevAdversary.load(memory);
                        case REPLAY ->
                            note.map(saved -> Stream.concat(
                                    SevAdversary.save(memory, saved).stream(),
                                    SevAdversary.replay(snp, memory, saved).stream())
                                    .toList())
                                    .orElse(List.of());
                        case RELOCATE ->
                            note.map(saved -> SevAdversary.relocate(snp, memory, saved))
                                    .orElse(List.of());
                        case ASSIGN_IMMUTABLE -> List.<Family>of();
                    });
        }
        return List.copyOf(families);
    }

    /** Whoever can use aliases of memory, among them the host whose module has them. */
    public static List<Family> aliases(Aliases aliases) {
        return List.of(new ForgeRmpFamily(aliases));
    }

    /** A host that from a chosen instant on reads all it can reach and writes nothing. */
    public static List<Family> retroactiveHost(Machine machine) {
        return SevAdversary.load(machine.part(Memory.class));
    }

    /**
     * Software below VMPL0 that reads and writes all it can reach.
     *
     * @param l2 who it is
     * @param shared whether it also uses mappings with C-bit 0, which reach only frames that are the host's anyway
     */
    public static List<Family> maliciousInnerGuest(Machine machine, Actor l2, boolean shared) {
        Snp snp = machine.part(Snp.class);
        Memory memory = machine.part(Memory.class);
        Set<Mapping> mappings = shared ? EnumSet.allOf(Mapping.class) : EnumSet.of(Mapping.PRIVATE);
        return mappings.stream()
                .flatMap(mapping -> Stream.of(
                        innerLoad(snp, memory, mapping, l2.vmpl()), innerStore(snp, memory, mapping, l2.vmpl())))
                .toList();
    }

    /** Runs any vCPU that has exited from any VMSA page. */
    private static List<Family> run(Snp snp) {
        int frames = snp.geometry().frames();
        int vcpus = snp.rmp().vmsas().vcpus();
        return vcpus == 0
                ? List.of()
                : List.of(new NumberedFamily(
                        Principal.HOST,
                        vcpus * frames,
                        (state, number) -> snp.exits().cpus().status().is(state, number / frames, Status.EXITED)
                                && snp.vmrun(state, number / frames, number % frames) == VmrunResult.RESUMED.ordinal(),
                        number -> new VmrunFromVmsa(number / frames, new Frame(number % frames))));
    }

    private static Family innerLoad(Snp snp, Memory memory, Mapping mapping, int vmpl) {
        int key = snp.key(mapping);
        return new NumberedFamily(
                Principal.INNER_GUEST,
                snp.geometry().pages(),
                (state, page) -> {
                    long frame = snp.check(state, vmpl, page, mapping, false);
                    if (frame >= 0) {
                        Ledger.seen(state, Principal.INNER_GUEST, memory.read(state, (int) frame, key));
                    }
                    return frame >= 0;
                },
                page -> new InnerLoad(snp.geometry().gpa(page), mapping));
    }

    private static Family innerStore(Snp snp, Memory memory, Mapping mapping, int vmpl) {
        int key = snp.key(mapping);
        return new NumberedFamily(
                Principal.INNER_GUEST,
                snp.geometry().pages(),
                (state, page) -> {
                    long frame = snp.check(state, vmpl, page, mapping, true);
                    if (frame >= 0) {
                        memory.write(state, (int) frame, Value.INNER, key);
                    }
                    return frame >= 0;
                },
                page -> new InnerStore(snp.geometry().gpa(page), mapping, Value.INNER));
    }

    private static Family psmash(Snp snp) {
        return new NumberedFamily(
                Principal.HOST,
                snp.geometry().frames(),
                (state, frame) -> Psmash.perform(state, snp.rmp(), frame) == PsmashResult.SUCCESS,
                frame -> new Psmash(new Frame(frame)));
    }
}
