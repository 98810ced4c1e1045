package org.ringfence.platform.sev;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Restraint;
import org.ringfence.checker.check.Scene;
import org.ringfence.machine.memory.CacheOptions.Invd;
import org.ringfence.machine.memory.HostLedger;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.memory.Topology;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.memory.adversary.MemoryAdversary;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Laws;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.sev.AnswerVmgexit;
import org.ringfence.machine.sev.GuestPageTable;
import org.ringfence.machine.sev.NestedGuest;
import org.ringfence.machine.sev.Sev;
import org.ringfence.machine.sev.SevForms;
import org.ringfence.machine.sev.SevGuard;
import org.ringfence.machine.sev.adversary.CiphertextNote;
import org.ringfence.machine.sev.adversary.SevAdversary;
import org.ringfence.machine.sev.firmware.Asids;
import org.ringfence.machine.sev.firmware.SevFirmware;
import org.ringfence.machine.sev.law.AsidsHaveOneGuest;
import org.ringfence.machine.sev.law.CleanAsidsAreGone;
import org.ringfence.machine.sev.law.LaunchInOrder;
import org.ringfence.machine.sev.law.NothingIsForged;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.GuestForms;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.machine.vocabulary.MemoryForms;
import org.ringfence.machine.vocabulary.Vocabulary;

/** AMD SEV: one guest, which begins with every page mapped to a frame of its own. */
public final class SevPlatform implements Platform {
    private static final int GUESTS = 2;

    /** Options of a guest and its machine. */
    public record Options(
            @Meaning("whether an untrusted host maps pages to other frames") boolean remap,
            @Meaning("whether it writes to frames") boolean store,
            @Meaning("whether it keeps a copy of a frame's ciphertext and writes it back to the same frame") boolean replay,
            @Meaning("whether it writes such a copy to other frames") boolean relocate,
            @Meaning("what is cached") Caching caches,
            @Meaning("whether the firmware gives ASIDs to the guest and to one that the host may have beside it") boolean firmware,
            @Meaning("how many ASIDs there are; the host enters the guest with the first of them") int asids,
            @Meaning("whether the guest runs at first, with the first ASID, or nothing was ever asked of the "
                    + "firmware") boolean launched,
            @Meaning("core complexes (CCX) of one core each, with a cache each; vCPUs run on them in turn") int complexes) {

        public Options {
            requireWithin("asids", asids, MOST_ASIDS);
            requireWithin("complexes", complexes, MOST_COMPLEXES);
            if (!firmware && (asids > 1 || !launched)) {
                throw new IllegalArgumentException(
                        "without the option firmware there is one ASID, and the guest has been launched; asids and launched need firmware");
            }
        }

        private static void requireWithin(String name, int number, int most) {
            if (number < 1 || number > most) {
                throw new IllegalArgumentException("%s is %d; allowed are 1 to %d".formatted(name, number, most));
            }
        }
    }

    private static final int MOST_ASIDS = 15;
    private static final int MOST_COMPLEXES = 16;

    @Override
    public String name() {
        return "sev";
    }

    @Override
    public Record options() {
        return new Options(true, true, false, false, Caching.NONE, false, 1, true, 1);
    }

    @Override
    public Map<String, String> retired() {
        return Map.of(
                "page-table", "the guest's page table comes with the routine that changes it");
    }

    @Override
    public Machine declare(Declaration declaration, Setting setting) {
        Options options = (Options) setting.options();
        Cpus cpus = Cpus.declare(declaration, setting.cpus(), AnswerVmgexit.KNOWN);
        MemoryOptions keys = options.caches.memory(options.asids, Invd.DROPS, options.complexes);
        Memory memory = Memory.declare(
                declaration, setting.geometry(), options.firmware ? keys.withKeyChanges(GUESTS) : keys);
        List<Record> parts = new ArrayList<>();
        Optional<SevFirmware> firmware = Optional.empty();
        if (options.firmware) {
            Asids asids = Asids.declare(declaration, options.asids, options.complexes, 1, setting.guards());
            firmware = Optional.of(SevFirmware.declare(declaration, memory, asids, GUESTS, setting.guards()));
            parts.addAll(List.of(asids, firmware.get(), new Laws(List.of(new LaunchInOrder(firmware.get())))));
        }
        int explained = setting.hasHostSoftware() ? setting.vcpus() : 0;
        parts.addAll(List.of(
                cpus,
                memory,
                Sev.declare(declaration, setting.geometry(), cpus, explained, firmware),
                Ledger.declare(declaration, setting.geometry().pages())));
        if (options.caches != Caching.NONE && setting.hasHostSoftware()) {
            parts.add(HostLedger.declare(declaration));
        }
        if (options.complexes > 1) {
            int cpuCount = Math.max(options.complexes, setting.cpus());
            parts.add(Topology.declare(
                    declaration,
                    IntStream.range(0, cpuCount).mapToObj(cpu -> cpu % options.complexes).toList()));
        }
        if (setting.guards().anyOff()) {
            parts.add(setting.guards());
        }
        return new Machine(parts);
    }

    @Override
    public void begin(State state, Machine machine, Setting setting) {
        NestedGuest guest = machine.part(NestedGuest.class);
        Memory memory = machine.part(Memory.class);
        Ledger ledger = machine.part(Ledger.class);
        Options options = (Options) setting.options();
        if (options.launched) {
            machine.find(SevFirmware.class).ifPresent(firmware -> launch(state, firmware));
        }
        int mapped = Math.min(setting.geometry().pages(), setting.geometry().frames());
        for (int page = 0; page < mapped; page++) {
            guest.npt().map(state, page, page, Level.SIZE_4K);
            if (!options.launched) {
                continue;
            }
            memory.write(state, page, Value.LAUNCH, NestedGuest.GUEST_KEY);
            ledger.launched(state, page, Value.LAUNCH);
        }
    }

    /** The guest has got its ASID and runs. */
    private static void launch(State state, SevFirmware firmware) {
        firmware.init(state);
        for (int core = 0; core < firmware.asids().cores(); core++) {
            firmware.asids().flush(state, core);
        }
        firmware.dfFlush(state);
        firmware.launchStart(state);
        firmware.activate(state, Sev.HANDLE, NestedGuest.GUEST_KEY);
        firmware.launchMeasure(state, Sev.HANDLE);
        firmware.launchFinish(state, Sev.HANDLE);
    }

    @Override
    public List<Adversary> adversaries(Record options) {
        Options chosen = (Options) options;
        return List.of(
                Adversary.hardware((machine, cast) -> MemoryAdversary.hardware(machine)),
                Adversary.malicious(Principal.HOST, (machine, cast) -> maliciousHost(chosen, machine, cast))
                        .keeping(chosen.replay || chosen.relocate ? List.of(CiphertextNote.PART) : List.of()),
                Adversary.malicious(
                        Principal.BUS,
                        (machine, cast) -> SevAdversary.bus(
                                machine.part(NestedGuest.class),
                                machine.part(Memory.class),
                                machine.part(CiphertextNote.class)))
                        .keeping(List.of(CiphertextNote.PART)),
                Adversary.retroactive(
                        Principal.HOST, (machine, cast) -> SevAdversary.load(machine.part(Memory.class))));
    }

    private static List<Family> maliciousHost(Options options, Machine machine, Cast cast) {
        NestedGuest guest = machine.part(NestedGuest.class);
        Memory memory = machine.part(Memory.class);
        List<Family> families = new ArrayList<>();
        if (options.remap) {
            families.addAll(SevAdversary.map(guest));
        }
        families.addAll(SevAdversary.resume(guest, cast.vcpus()));
        if (options.store) {
            families.addAll(SevAdversary.store(guest, memory));
        }
        families.addAll(SevAdversary.load(memory));
        families.addAll(options.firmware ? SevAdversary.asids(machine) : MemoryAdversary.caches(memory));
        if (options.replay || options.relocate) {
            families.addAll(SevAdversary.save(memory, machine.part(CiphertextNote.class)));
        }
        if (options.replay) {
            families.addAll(SevAdversary.replay(guest, memory, machine.part(CiphertextNote.class)));
        }
        if (options.relocate) {
            families.addAll(SevAdversary.relocate(guest, memory, machine.part(CiphertextNote.class)));
        }
        return families;
    }

    @Override
    public List<Guard> guards() {
        return List.of(SevGuard.values());
    }

    /**
     * Nothing without the firmware but what random runs and scripts show: there is no table by which a state could be
     * judged.
     */
    @Override
    public List<Invariant> invariants(Machine machine, Setting setting) {
        Memory memory = machine.part(Memory.class);
        List<Invariant> invariants = new ArrayList<>();
        machine.find(SevFirmware.class).ifPresent(firmware -> {
            invariants.add(new AsidsHaveOneGuest(firmware));
            invariants.add(new CleanAsidsAreGone(memory, firmware.asids()));
        });
        invariants.add(new NothingIsForged(machine.part(Sev.class), memory, machine.part(Ledger.class)));
        return invariants;
    }

    @Override
    public Vocabulary vocabulary() {
        return new Vocabulary(SevForms.all())
                .and(GuestForms.all())
                .and(SevForms.told())
                .and(MemoryForms.lines());
    }

    @Override
    public List<String> leavesOut() {
        return List.of(
                "SEV-ES: VMSA pages with their checksum, the GHCB and #VC.",
                "Migration (SEND_* and RECEIVE_*), attestation, LAUNCH_SECRET and certificates.",
                "INIT_EX (0xD) with its storage in memory, and the TMR.",
                "Steps of a firmware command: each is one step.");
    }

    @Override
    public List<Scene> scenes() {
        Set<Property> always = EnumSet.of(
                Property.CONFIDENTIALITY, Property.INTEGRITY, Property.FRESHNESS, Property.ACCOUNTING);
        List<Scene.Role> two = List.of(
                new Scene.Role("vcpu0", Principal.GUEST),
                new Scene.Role("vcpu1", Principal.GUEST),
                new Scene.Role("host", Principal.HOST));
        List<Scene.Role> one =
                List.of(new Scene.Role("vcpu0", Principal.GUEST), new Scene.Role("host", Principal.HOST));
        MachineSpec large = new MachineSpec(4, 6, 2);
        return List.of(
                new Scene(
                        "a host that tampers",
                        large,
                        Map.of("caches", "incoherent"),
                        two,
                        always,
                        List.of(CiphertextNote.PART, GuestPageTable.PART)),
                new Scene(
                        "C-bits without SME_COHERENT",
                        large,
                        Map.of("caches", "incoherent"),
                        two,
                        always,
                        List.of(GuestPageTable.PART)),
                new Scene(
                        "C-bits with SME_COHERENT",
                        large,
                        Map.of("caches", "coherent"),
                        two,
                        always,
                        List.of(GuestPageTable.PART)),
                new Scene(
                        "from INIT",
                        new MachineSpec(1, 1, 1),
                        Map.of("firmware", true, "asids", 2, "launched", false, "complexes", 2, "caches", "incoherent"),
                        one,
                        always),
                new Scene(
                        "ASIDs in turn",
                        new MachineSpec(1, 1, 1),
                        Map.of("firmware", true, "asids", 2, "complexes", 2, "caches", "incoherent"),
                        two,
                        always));
    }

    @Override
    public Restraint restraint() {
        return new CarefulSevGuest();
    }
}
