package org.ringfence.platform.tdx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Restraint;
import org.ringfence.checker.check.Scene;
import org.ringfence.machine.memory.CacheOptions;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.HostLedger;
import org.ringfence.machine.memory.KeyIds;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.memory.adversary.MemoryAdversary;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Law;
import org.ringfence.machine.operation.Laws;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.ValueNames;
import org.ringfence.machine.tdx.TdxForms;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.adversary.SystemAdversary;
import org.ringfence.machine.tdx.adversary.TdxAdversary;
import org.ringfence.machine.tdx.law.AliasesWait;
import org.ringfence.machine.tdx.law.FatalStays;
import org.ringfence.machine.tdx.law.FreeKeysAreGone;
import org.ringfence.machine.tdx.law.KeysHaveOneOwner;
import org.ringfence.machine.tdx.law.LaunchStays;
import org.ringfence.machine.tdx.law.PagesHaveOneOwner;
import org.ringfence.machine.tdx.law.RunsWithKey;
import org.ringfence.machine.tdx.law.SeptAgreesWithPamt;
import org.ringfence.machine.tdx.law.TdxInjectivity;
import org.ringfence.machine.tdx.law.TranslationsAgree;
import org.ringfence.machine.tdx.module.MemoryRange;
import org.ringfence.machine.tdx.module.ModuleForms;
import org.ringfence.machine.tdx.module.ModuleOptions;
import org.ringfence.machine.tdx.module.ModuleVersion;
import org.ringfence.machine.tdx.module.TdmrLayout;
import org.ringfence.machine.tdx.module.Tdr;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.TdOptions;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;
import org.ringfence.machine.vocabulary.GuestForms;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.machine.vocabulary.MemoryForms;
import org.ringfence.machine.vocabulary.Vocabulary;

/** Intel TDX: one TD, or two. */
public final class TdxPlatform implements Platform {
    /** Of a machine with the module: the first private KeyID is the module's own. */
    private static final KeyIds KEY_IDS = new KeyIds(1, 3);

    private static final int ENTRIES_PER_BLOCK = 1 << 18;

    /** Options of a TD and its machine. */
    public record Options(
            @Meaning("ATTRIBUTES.SEPT_VE_DISABLE: an access to a pending page leaves for the host and raises no "
                    + "#VE; where the host builds the TD, TD_PARAMS say it") boolean septVeDisable,
            @Meaning("whether tables of 4K entries exist from the start; of no meaning without large pages") boolean septPages,
            @Meaning("whether an untrusted host can map pages shared; an honest one always can") boolean sharedPages,
            @Meaning("whether there is an L2 VM") boolean l2,
            @Meaning("whether blocked pages wait for TDH.MEM.TRACK") boolean tracking,
            @Meaning("whether a 2M accept can be interrupted") boolean interrupts,
            @Meaning("whether other logical processors of the host, which run no software here, hold the lock of "
                    + "a Secure EPT entry now and then, as TDH.MEM.SEPT.RD does, which changes nothing; so does "
                    + "an honest host") boolean entryLocks,
            @Meaning("whether an L2 that is not trusted runs on the last of several vCPUs, whenever L1 waits there") boolean l2OnLastVcpu,
            @Meaning("whether logical CPUs keep translations until they are flushed; an L2 then shares a vCPU "
                    + "with L1, which enters it, unless it runs on the last") boolean tlbs,
            @Meaning("whether the host adds and removes tables of the Secure EPT, splits and joins pages") boolean tables,
            @Meaning("whether the host can hold locks of the TD") boolean tdLocks,
            @Meaning("what the memory controller keeps with each line") Integrity integrity,
            @Meaning("whether there is a cache, and poison sticks to lines; it needs lines that tell whose they are") boolean caches,
            @Meaning("whether the machine has the module as a system, and the TD begins with its key and TDCS "
                    + "and nothing else: the host's leaves build it, end it, and make another in its place") boolean life,
            @Meaning("whether a vCPU runs on the logical CPU that it is associated with; vCPU i begins on "
                    + "logical CPU i, and a host calls from the one that its actor's cpu names") boolean association,
            @Meaning("trust domains, 1 or 2; the second has the last of the case's guests for its vCPU, and an "
                    + "L2 is of the first") int tds,
            @Meaning("whether TDH.VP.ENTER suspects a host that resumes a vCPU again and again without the page "
                    + "that it asks for; it shows where the host can hold locks of the TD") boolean zeroStep,
            @Meaning("whether a host can have the guest repeat a MapGPA from an address on") boolean mapGpaRetry,
            @Meaning("whether a leaf on a TD that software calls takes its locks in one step, and commits and "
                    + "gives them back in another, so that others find them busy in between") boolean steps) {

        public Options {
            if (tds < 1 || tds > 2) {
                throw new IllegalArgumentException("tds is %d; allowed are 1 and 2".formatted(tds));
            }
            if (tds == 2 && life) {
                throw new IllegalArgumentException(
                        "with life there is one TD, which the host builds; tds: 2 needs life: false");
            }
            if (caches && integrity == Integrity.OWNER) {
                throw new IllegalArgumentException(
                        "caches needs lines that tell whose they are; allowed with it are the integrities li and ci");
            }
        }

        /** TDR and TDCX pages. */
        private int pagesOfTd() {
            return 1 + Tdr.LEAST_TDCX + (l2 ? 1 : 0);
        }

        private KeyIds keyIds() {
            return life ? KEY_IDS : new KeyIds(0, tds);
        }

        /** How many vCPUs each TD has. */
        private List<Integer> vcpus(int all) {
            if (tds == 1) {
                return List.of(all);
            }
            if (all < 2) {
                throw new IllegalArgumentException(
                        "two TDs need two vCPUs, actors with the principal guest; the case has %d".formatted(all));
            }
            return List.of(all - 1, 1);
        }

        private Actor inner(Cast cast) {
            int first = vcpus(cast.vcpus()).getFirst();
            return l2OnLastVcpu && first > 1
                    ? new Actor(first - 1, Principal.INNER_GUEST, "l2")
                    : cast.innerGuest();
        }

        private MemoryOptions memory() {
            if (!caches) {
                return integrity.memory(keyIds());
            }
            return integrity.memory(keyIds()).withPoison().with(CacheOptions.everyLine(1));
        }
    }

    /** What the memory controller keeps with each line. */
    public enum Integrity {
        @Meaning("Whose it is, as the module knows: enough for cases without caches.")
        OWNER,
        @Meaning("Li: the TD-owner bit.")
        LI,
        @Meaning("Ci: the TD-owner bit and a MAC.")
        CI;

        MemoryOptions memory(KeyIds keyIds) {
            return switch (this) {
                case OWNER -> MemoryOptions.plain(keyIds.last());
                case LI -> MemoryOptions.tdx(keyIds).logical(MemoryOptions.CrossKey.JUNK);
                case CI -> MemoryOptions.tdx(keyIds);
            };
        }
    }

    @Override
    public String name() {
        return "tdx";
    }

    @Override
    public Record options() {
        return new Options(
                true, true, false, false, true, false, false, false, false, false, false, Integrity.OWNER, false, false,
                false, 1, false, false, false);
    }

    @Override
    public Map<String, String> retired() {
        return Map.of(
                "bitmap",
                "the bitmap of accepted pages comes with the routines that keep one, such as 'reaccept' with 'tracking: whole-guest'",
                "guest-map",
                "the map that a monitor shows its inner guest comes with the routines that use one, such as 'svsm-boot-from-map'",
                "flush-requests",
                "requests to flush come with the routines that send or answer them, such as 'svsm-answer-flushes'");
    }

    @Override
    public Machine declare(Declaration declaration, Setting setting) {
        Options options = (Options) setting.options();
        int vcpus = setting.vcpus();
        int least = options.pagesOfTd() + 1;
        if (options.life && setting.geometry().frames() < least) {
            throw new IllegalArgumentException(
                    "with life a TD's own pages take frames, and %d are too few; machine: frames must be %d at least"
                            .formatted(setting.geometry().frames(), least));
        }
        requireCpus(setting, options.association || options.life);
        Cpus cpus = Cpus.declare(
                declaration, setting.cpus(), MapGpaAnswer.known(), ValueNames.of(MapGpaAnswer.class));
        Memory memory = Memory.declare(declaration, setting.geometry(), options.memory());
        Optional<TdxModule> module =
                options.life ? Optional.of(module(declaration, memory, vcpus + 1)) : Optional.empty();
        List<Tdx> tds = Tdx.declare(
                declaration,
                memory,
                cpus,
                options.vcpus(vcpus),
                TdOptions.of(features(options, setting)),
                setting.guards(),
                module);
        List<Law> laws = new ArrayList<>();
        tds.forEach(tdx -> laws.addAll(List.of(new FatalStays(tdx), new LaunchStays(tdx))));
        List<Record> parts = new ArrayList<>(List.of(cpus, memory, new Laws(laws)));
        parts.addAll(tds);
        for (Tdx tdx : tds) {
            parts.add(Ledger.declare(declaration.of(tds.size() == 1 ? "" : "TD " + tdx.td() + " "),
                    setting.geometry().pages()));
        }
        module.ifPresent(parts::add);
        if (setting.guards().anyOff()) {
            parts.add(setting.guards());
        }
        if (options.caches) {
            parts.add(HostLedger.declare(declaration));
        }
        return new Machine(parts);
    }

    private static void requireCpus(Setting setting, boolean associated) {
        for (Actor actor : setting.cast().actors()) {
            boolean isNamed = actor.principal() == Principal.HOST && actor.cpu() != actor.index();
            if (isNamed && !associated) {
                throw new IllegalArgumentException(
                        "%s has 'cpu: %d', which tells nothing here: it needs association: true"
                                .formatted(actor, actor.cpu()));
            }
            if (isNamed && actor.cpu() > setting.vcpus()) {
                throw new IllegalArgumentException(
                        "%s has 'cpu: %d'; the machine has a logical CPU for each vCPU and one more, so allowed are 0 to %d"
                                .formatted(actor, actor.cpu(), setting.vcpus()));
            }
        }
    }

    private static TdxModule module(Declaration declaration, Memory memory, int lps) {
        ModuleOptions options = new ModuleOptions(
                ModuleVersion.V1_5_01,
                Collections.nCopies(lps, 0),
                KEY_IDS,
                TdmrLayout.cmrs(),
                new MemoryRange(0, 0),
                2,
                2,
                ENTRIES_PER_BLOCK,
                1,
                1,
                0,
                List.of());
        Geometry geometry = memory.geometry();
        return TdxModule.declare(declaration, memory, TdmrLayout.mapForTds(geometry, geometry.frames()), options);
    }

    private static Set<TdxFeature> features(Options options, Setting setting) {
        Set<TdxFeature> features = EnumSet.noneOf(TdxFeature.class);
        add(features, TdxFeature.SEPT_VE_DISABLE, options.septVeDisable);
        add(features, TdxFeature.SEPT_PAGES, options.septPages);
        add(features, TdxFeature.SHARED_PAGES, options.sharedPages || setting.hasHostSoftware());
        add(features, TdxFeature.L2_VM, options.l2);
        add(features, TdxFeature.TLB_TRACKING, options.tracking);
        add(features, TdxFeature.INTERRUPTS, options.interrupts);
        add(features, TdxFeature.ENTRY_LOCKS, options.entryLocks);
        add(features, TdxFeature.STEPS, options.steps);
        add(features, TdxFeature.TLBS, options.tlbs);
        add(features, TdxFeature.L2_ENTRY, options.tlbs && options.l2 && !options.l2OnLastVcpu);
        add(features, TdxFeature.TABLES, options.tables);
        add(features, TdxFeature.ZERO_STEP, options.zeroStep);
        add(features, TdxFeature.MAP_GPA_RETRY, options.mapGpaRetry);
        add(features, TdxFeature.TD_LOCKS, options.tdLocks);
        add(features, TdxFeature.EXIT_DETAILS, setting.hasHostSoftware());
        add(features, TdxFeature.ASSOCIATION, options.association || options.life);
        return features;
    }

    private static void add(Set<TdxFeature> features, TdxFeature feature, boolean present) {
        if (present) {
            features.add(feature);
        }
    }

    @Override
    public void begin(State state, Machine machine, Setting setting) {
        Tdx tdx = machine.part(Tdx.class);
        machine.parts(Tdx.class).forEach(each -> each.start(state));
        if (((Options) setting.options()).life) {
            TdxModule module = machine.part(TdxModule.class);
            module.bringUp(state, TdmrLayout.GOOD.tdmrs());
            module.create(
                    machine,
                    state,
                    KEY_IDS.firstPrivate() + 1,
                    Tdr.LEAST_TDCX + tdx.options().l2Vms(),
                    setting.geometry().frames() - 1);
        }
    }

    @Override
    public List<Adversary> adversaries(Record options) {
        Options chosen = (Options) options;
        return List.of(
                Adversary.hardware((machine, cast) -> MemoryAdversary.hardware(machine)),
                Adversary.hardware((machine, cast) -> TdxAdversary.otherProcessors(machine)),
                Adversary.malicious(Principal.HOST, (machine, cast) -> TdxAdversary.maliciousHost(machine)),
                Adversary.malicious(
                        Principal.HOST,
                        (machine, cast) -> chosen.life
                                ? SystemAdversary.maliciousHost(machine, List.of())
                                : List.of()),
                Adversary.retroactive(Principal.HOST, (machine, cast) -> TdxAdversary.retroactiveHost(machine)),
                Adversary.malicious(
                        Principal.INNER_GUEST,
                        (machine, cast) -> chosen.l2
                                ? TdxAdversary.maliciousL2(machine, chosen.inner(cast))
                                : List.of()));
    }

    @Override
    public boolean hostsShareCpus() {
        return true;
    }

    @Override
    public List<Invariant> invariants(Machine machine, Setting setting) {
        Tdx tdx = machine.part(Tdx.class);
        List<Invariant> invariants = new ArrayList<>();
        invariants.add(new TdxInjectivity(machine.parts(Tdx.class)));
        for (Tdx each : machine.parts(Tdx.class)) {
            invariants.addAll(List.of(
                    new TranslationsAgree(each), new AliasesWait(each), new SeptAgreesWithPamt(each)));
        }
        machine.find(TdxModule.class)
                .ifPresent(module -> invariants.addAll(List.of(
                        new RunsWithKey(tdx),
                        PagesHaveOneOwner.of(machine),
                        new KeysHaveOneOwner(module),
                        new FreeKeysAreGone(machine.part(Memory.class), module))));
        return List.copyOf(invariants);
    }

    @Override
    public List<Guard> guards() {
        return List.of(TdxGuard.values());
    }

    @Override
    public List<String> leavesOut() {
        return LeftOut.OF_TDX;
    }

    @Override
    public List<Passage> passages() {
        return List.of(new Passage("locks", BusyLeaves.lines()));
    }

    @Override
    public Vocabulary vocabulary() {
        return new Vocabulary(TdxForms.all()).and(GuestForms.all())
                .and(ModuleForms.lives())
                .and(TdxForms.told())
                .and(MemoryForms.lines());
    }

    @Override
    public List<Scene> scenes() {
        return TdxScenes.all();
    }

    @Override
    public Restraint restraint() {
        return new CarefulTd();
    }
}
