package org.ringfence.platform.snp;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Restraint;
import org.ringfence.checker.check.Scene;
import org.ringfence.machine.memory.CacheOptions.Invd;
import org.ringfence.machine.memory.HostLedger;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.memory.adversary.MemoryAdversary;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Law;
import org.ringfence.machine.operation.Laws;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.sev.SevForms;
import org.ringfence.machine.sev.adversary.CiphertextNote;
import org.ringfence.machine.sev.adversary.SevAdversary;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.SnpForms;
import org.ringfence.machine.snp.SnpGuard;
import org.ringfence.machine.snp.VmsaRegisters;
import org.ringfence.machine.snp.adversary.HostPower;
import org.ringfence.machine.snp.adversary.SnpAdversary;
import org.ringfence.machine.snp.firmware.FirmwareGuard;
import org.ringfence.machine.snp.firmware.RmpWindow;
import org.ringfence.machine.snp.firmware.SnpFirmware;
import org.ringfence.machine.snp.law.ChangesWhatItNames;
import org.ringfence.machine.snp.law.FirmwareAgrees;
import org.ringfence.machine.snp.law.ImmutableStays;
import org.ringfence.machine.snp.law.InUseStays;
import org.ringfence.machine.snp.law.LargeMappingsAreWhole;
import org.ringfence.machine.snp.law.SnpInjectivity;
import org.ringfence.machine.snp.law.TailsAgree;
import org.ringfence.machine.snp.law.UnassignedIsPlain;
import org.ringfence.machine.snp.law.VmplsKeepRank;
import org.ringfence.machine.snp.law.VmsasRunOnce;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.rmp.Aliases;
import org.ringfence.machine.snp.rmp.RmpFeature;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.GuestForms;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.machine.vocabulary.MemoryForms;
import org.ringfence.machine.vocabulary.Vocabulary;
import org.ringfence.platform.sev.Caching;
import org.ringfence.stack.host.kvm.snp.VmmOnSnp;

/** AMD SEV-SNP: one guest. */
public final class SnpPlatform implements Platform {
    /** How much more often than elsewhere a guest uses its memory, for its host has more to do. */
    private static final int GUEST_USES = 3;

    /** Options of a guest and its machine. */
    public record Options(
            @Meaning("whether software runs at VMPL2, so that its permissions are kept") boolean l2,
            @Meaning("whether an untrusted host keeps a copy of a frame's ciphertext and writes it back to the "
                    + "same frame") boolean replay,
            @Meaning("whether it writes such a copy to other frames too") boolean relocate,
            @Meaning("whether RMP entries have their immutable bit") boolean immutable,
            @Meaning("whether every page begins validated in a frame of its own, as SNP_LAUNCH_UPDATE leaves it") boolean launched,
            @Meaning("what is cached") Caching caches,
            @Meaning("what INVD does there") Invd invd,
            @Meaning("whether an untrusted host looks whether ciphertext at one place has changed, and that "
                    + "counts as seeing a secret") boolean ciphertextEquality,
            @Meaning("what is done under the threat model physical") Bus bus,
            @Meaning("whether the permissions of VMPL1 and VMPL3 are kept too") boolean allVmpls,
            @Meaning("whether pages can be VMSAs, of which the host can run a vCPU and in which exits save its "
                    + "registers") boolean vmsaPages,
            @Meaning("when what RMPADJUST and PVALIDATE take from the inner guest is gone") RmpTlb rmpTlb,
            @Meaning("whether the host's software can give the SEV firmware commands") Firmware firmware,
            @Meaning("whether the firmware swaps pages out and in; the last frames, as many as a large page has, "
                    + "then lie beyond the RMP") boolean swaps,
            @Meaning("whether SNP_INIT, and SNP_INIT_EX that makes the RMP anew, takes two steps, with cores that may "
                    + "store to the RMP in between; needs firmware") boolean steps) {
        public Options {
            if (steps && firmware == Firmware.NONE) {
                throw new IllegalArgumentException(
                        "steps are those of the firmware's SNP_INIT; allowed with them is firmware: off or running");
            }
        }
    }

    /** When a change of an RMP entry reaches the nested translations that CPUs keep of it. No source tells. */
    public enum RmpTlb {
        @Meaning("At once.")
        IMMEDIATE,
        @Meaning("RMPUPDATE's at once; RMPADJUST's and PVALIDATE's when they are flushed.")
        UNTIL_FLUSH
    }

    /** The SEV firmware, and how it begins. */
    public enum Firmware {
        @Meaning("There is none: pages change their state by instructions alone.")
        NONE,
        @Meaning("Before SNP_INIT.")
        OFF,
        @Meaning("The guest has been launched, with its context in frame 0; another one is being launched, with "
                + "its context in frame 1.")
        RUNNING
    }

    /** What someone with access to the memory does. */
    public enum Bus {
        @Meaning("Reads ciphertext, puts it back later or elsewhere.")
        INTERPOSER,
        @Meaning("Makes a module that lies about its size, so that each of its cells has two addresses, and "
                + "writes RMP entries by the other.")
        ALIASES,
        @Meaning("The same, with firmware that looks for aliases before it initialises SNP.")
        ALIASES_REFUSED
    }

    @Override
    public String name() {
        return "snp";
    }

    @Override
    public Record options() {
        return new Options(
                false, false, false, false, false, Caching.NONE, Invd.WRITES_BACK, false, Bus.INTERPOSER, false, false,
                RmpTlb.IMMEDIATE, Firmware.NONE, false, false);
    }

    @Override
    public Map<String, String> retired() {
        return Map.of(
                "bitmap",
                "the bitmap of accepted pages comes with the routines that keep one, such as 'revalidate' with 'tracking: whole-guest'",
                "guest-map",
                "the map that a monitor shows its inner guest comes with the routines that use one, such as 'svsm-boot-from-map'",
                "psc-entries",
                "the buffers of page state changes come with the routine that fills them, one entry for each of its 'pages'",
                "svsm-calls",
                "the calling area comes with the monitor that answers calls, such as 'svsm-guard-own-page'");
    }

    @Override
    public Machine declare(Declaration declaration, Setting setting) {
        Options options = (Options) setting.options();
        Cpus cpus = Cpus.declare(declaration, setting.cpus(), PageStateChange.KNOWN_ANSWERS);
        boolean served = options.firmware != Firmware.NONE;
        if (options.firmware == Firmware.RUNNING) {
            SnpFirmwareParts.requireRoom(setting.geometry());
        }
        int keys = served ? SnpFirmwareParts.KEYS : Snp.GUEST_KEY;
        Memory memory = Memory.declare(declaration, setting.geometry(), options.caches.memory(keys, options.invd));
        Ledger ledger = Ledger.declare(declaration, setting.geometry().pages());
        RmpOptions rmp = RmpOptions.least();
        if (options.l2) {
            rmp = rmp.withVmpl(setting.cast().innerGuest().vmpl());
        }
        for (Actor actor : setting.cast().actors()) {
            if (actor.principal() == Principal.INNER_GUEST && options.l2) {
                rmp = rmp.withVmpl(actor.vmpl());
            }
        }
        if (options.allVmpls) {
            rmp = rmp.withVmpl(1).withVmpl(3);
        }
        if (options.vmsaPages) {
            rmp = rmp.withVmsa();
        }
        if (options.immutable) {
            rmp = rmp.withImmutable();
        }
        if (options.rmpTlb == RmpTlb.UNTIL_FLUSH) {
            rmp = rmp.with(RmpFeature.UNTIL_FLUSH);
        }
        if (served) {
            rmp = SnpFirmwareParts.rmp(rmp, options.swaps, setting.geometry().smallPerLarge());
        }
        int explained = setting.hasHostSoftware() || options.vmsaPages ? guests(setting) : 0;
        Snp snp = Snp.declare(declaration, setting.geometry(), rmp, cpus, explained,
                options.vmsaPages ? Optional.of(registers(setting, memory, ledger)) : Optional.empty(),
                setting.guards());
        List<Record> parts = new ArrayList<>(List.of(cpus, memory, snp, ledger));
        List<Law> laws = new ArrayList<>(List.of(
                new ImmutableStays(snp),
                new ChangesWhatItNames(snp),
                new InUseStays(snp),
                new VmsasRunOnce(snp),
                new VmplsKeepRank(snp)));
        if (served) {
            SnpFirmwareParts firmware = SnpFirmwareParts.declare(
                    declaration, snp, memory, ledger, options.swaps, setting.guards());
            parts.addAll(firmware.parts());
            Optional<RmpWindow> window = options.steps
                    ? Optional.of(RmpWindow.declare(declaration, firmware.firmware(), setting.cpus()))
                    : Optional.empty();
            window.ifPresent(parts::add);
            laws.addAll(firmware.laws(window));
        }
        parts.add(new Laws(laws));
        if (options.caches != Caching.NONE && setting.hasHostSoftware()) {
            parts.add(HostLedger.declare(declaration));
        }
        if (setting.guards().anyOff()) {
            parts.add(setting.guards());
        }
        return new Machine(parts);
    }

    private static VmsaRegisters registers(Setting setting, Memory memory, Ledger ledger) {
        long inner = 0;
        for (Actor actor : setting.cast().actors()) {
            inner |= actor.principal() == Principal.INNER_GUEST ? 1L << actor.index() : 0;
        }
        return new VmsaRegisters(memory, Optional.of(ledger), inner);
    }

    /** vCPUs whose exits a host looks at: those of the guest and, where its software runs, of its inner guest. */
    private static int guests(Setting setting) {
        return (int) setting.cast().actors().stream()
                .filter(actor -> actor.principal() != Principal.HOST)
                .count();
    }

    @Override
    public void begin(State state, Machine machine, Setting setting) {
        // Unless launched, all is zero: every frame is the host's, nothing is mapped.
        machine.find(Aliases.class)
                .ifPresent(aliases -> aliases.start(
                        state,
                        ((Options) setting.options()).bus == Bus.ALIASES_REFUSED
                                && setting.guards().checks(FirmwareGuard.INIT_MEMORY_HAS_NO_ALIAS)));
        if (((Options) setting.options()).firmware == Firmware.RUNNING) {
            SnpFirmwareParts.run(state, machine);
        }
        if (((Options) setting.options()).launched) {
            int launched = Math.min(setting.geometry().pages(), setting.geometry().frames());
            for (int page = 0; page < launched; page++) {
                machine.part(Snp.class).launch(state, page, page, Level.SIZE_4K, true);
                machine.part(Memory.class).write(state, page, Value.LAUNCH, Snp.GUEST_KEY);
                machine.part(Ledger.class).launched(state, page, Value.LAUNCH);
            }
        }
    }

    @Override
    public List<Adversary> adversaries(Record options) {
        Options chosen = (Options) options;
        boolean interposes = chosen.bus == Bus.INTERPOSER;
        boolean copies = chosen.replay || chosen.relocate || chosen.ciphertextEquality;
        return List.of(
                Adversary.hardware((machine, cast) -> MemoryAdversary.hardware(machine)),
                Adversary.malicious(Principal.HOST, (machine, cast) -> maliciousHost(chosen, machine, cast))
                        .keeping(copies ? List.of(CiphertextNote.PART) : List.of()),
                Adversary.malicious(
                        Principal.BUS,
                        (machine, cast) -> interposes
                                ? SevAdversary.bus(
                                        machine.part(Snp.class),
                                        machine.part(Memory.class),
                                        machine.part(CiphertextNote.class))
                                : SnpAdversary.aliases(machine.part(Aliases.class)))
                        .keeping(List.of(interposes ? CiphertextNote.PART : Aliases.PART)),
                Adversary.retroactive(Principal.HOST, (machine, cast) -> SnpAdversary.retroactiveHost(machine)),
                VmmOnSnp.malicious(),
                Adversary.malicious(
                        Principal.INNER_GUEST,
                        (machine, cast) -> chosen.l2
                                ? SnpAdversary.maliciousInnerGuest(machine, cast.innerGuest(), false)
                                : List.of()));
    }

    private static List<Family> maliciousHost(Options options, Machine machine, Cast cast) {
        Set<HostPower> powers = EnumSet.copyOf(HostPower.sufficient());
        if (!options.replay && !options.relocate) {
            powers.remove(HostPower.REPLAY);
        }
        if (options.relocate) {
            powers.add(HostPower.RELOCATE);
        }
        Memory memory = machine.part(Memory.class);
        List<Family> families = new ArrayList<>(SnpAdversary.maliciousHost(machine, cast.vcpus(), powers));
        families.addAll(MemoryAdversary.caches(memory));
        if (options.ciphertextEquality) {
            CiphertextNote note = machine.part(CiphertextNote.class);
            if (!powers.contains(HostPower.REPLAY)) {
                families.addAll(SevAdversary.save(memory, note));
            }
            families.addAll(SevAdversary.compare(memory, note));
        }
        return families;
    }

    @Override
    public List<Integer> vmpls() {
        return List.of(1, 2, 3);
    }

    @Override
    public List<Invariant> invariants(Machine machine, Setting setting) {
        Snp snp = machine.part(Snp.class);
        List<Invariant> invariants = new ArrayList<>(List.of(
                new SnpInjectivity(snp), new TailsAgree(snp), new UnassignedIsPlain(snp),
                new LargeMappingsAreWhole(snp)));
        machine.find(SnpFirmware.class).ifPresent(firmware -> invariants.add(new FirmwareAgrees(firmware)));
        return invariants;
    }

    @Override
    public List<Guard> guards() {
        return Stream.<Guard>concat(Stream.of(SnpGuard.values()), Stream.of(FirmwareGuard.values())).toList();
    }

    @Override
    public Vocabulary vocabulary() {
        List<Form> guest =
                GuestForms.all().stream().map(form -> form.times(GUEST_USES * form.weight())).toList();
        return new Vocabulary(SnpForms.all()).and(SnpForms.firmware())
                .and(guest)
                .and(SnpForms.told())
                .and(SevForms.told())
                .and(MemoryForms.lines());
    }

    @Override
    public List<String> leavesOut() {
        return List.of(
                "Migration and incoming migration images, signed identities, attestation, SNP_DBG_*, SNP_CONFIG and the TSC; of the guest's policy the firmware looks at bit 17 alone.",
                "Steps of a firmware command: each is one step, but for SNP_INIT with the option steps, or where software of the case stores to the RMP (CVE-2025-0033).",
                "SEV and SEV-ES guests beside the SNP ones, and INIT_EX (0xD) with its storage in memory; SNP_INIT_EX (0x85) is there.",
                "Registers one by one: what an exit saves in a VMSA page is one value, and which fields of it VMRUN checks is not told.",
                "The segmented RMP, ciphertext hiding, VM_PAGE_FLUSH, AVIC pages, and injection of interrupts.",
                "The guest's own page tables: a page is named by its address, and an access says through which C-bit it goes.");
    }

    @Override
    public List<Scene> scenes() {
        return SnpScenes.all();
    }

    @Override
    public Restraint restraint() {
        return new CarefulSnpGuest();
    }
}
