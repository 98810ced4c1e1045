package org.ringfence.platform.tdx;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Scene;
import org.ringfence.machine.memory.CacheInstruction;
import org.ringfence.machine.memory.CacheOptions;
import org.ringfence.machine.memory.KeyIds;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.memory.OnCache;
import org.ringfence.machine.memory.adversary.MemoryAdversary;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Laws;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.adversary.SystemAdversary;
import org.ringfence.machine.tdx.law.BroughtUpInOrder;
import org.ringfence.machine.tdx.law.FreeKeysAreGone;
import org.ringfence.machine.tdx.law.KeysHaveOneOwner;
import org.ringfence.machine.tdx.law.LockedStays;
import org.ringfence.machine.tdx.law.MemoryIsDivided;
import org.ringfence.machine.tdx.law.PagesHaveOneOwner;
import org.ringfence.machine.tdx.law.ShutDownStays;
import org.ringfence.machine.tdx.module.MemoryRange;
import org.ringfence.machine.tdx.module.ModuleFeature;
import org.ringfence.machine.tdx.module.ModuleForms;
import org.ringfence.machine.tdx.module.ModuleOptions;
import org.ringfence.machine.tdx.module.ModuleVersion;
import org.ringfence.machine.tdx.module.TdmrLayout;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.machine.vocabulary.MemoryForms;
import org.ringfence.machine.vocabulary.Range;
import org.ringfence.machine.vocabulary.Vocabulary;
import org.ringfence.stack.host.tdx.bringup.CallGoesOn;

/**
 * Intel TDX: the module as a system, from TDH.SYS.INIT to the reclaim of a TD's last page, on a small platform of three
 * GB ({@link TdmrLayout}).
 */
public final class TdxModulePlatform implements Platform {
    private static final KeyIds KEY_IDS = new KeyIds(1, 3);
    private static final int ENTRIES_PER_BLOCK = 1 << 18;

    /** Frames in memory that is not convertible, and in the third GB. */
    private static final int ELSEWHERE = 2;

    /** Options of a platform. */
    public record Options(
            @Meaning("packages, each with one logical processor, the host's actor of that index") int packages,
            @Meaning("how many TDs exist at the same time at most") int tds,
            @Meaning("whether it begins after the bring-up") boolean broughtUp,
            @Meaning("which module is loaded") ModuleVersion module,
            @Meaning("whether the packages have caches, to which the module's stores go; then a line tells whose "
                    + "it is") boolean caches,
            @Meaning("in how many parts TDH.PHYMEM.CACHE.WB writes a cache back") int cacheParts,
            @Meaning("whether the host can have a leaf under way that holds a lock of the module's") boolean locks,
            @Meaning("whether TDH.SYS.KEY.CONFIG takes its time") boolean longKeyConfig,
            @Meaning("whether a package can be out of entropy") boolean entropy) {

        public Options {
            requireWithin("packages", packages, MOST_PACKAGES);
            requireWithin("tds", tds, MOST_TDS);
            requireWithin("cache-parts", cacheParts, MOST_PARTS);
        }

        private static void requireWithin(String name, int number, int most) {
            if (number < 1 || number > most) {
                throw new IllegalArgumentException("%s is %d; allowed are 1 to %d".formatted(name, number, most));
            }
        }
    }

    private static final int MOST_PACKAGES = 8;
    private static final int MOST_TDS = 8;
    private static final int MOST_PARTS = 8;

    @Override
    public String name() {
        return "tdx-module";
    }

    @Override
    public Record options() {
        return new Options(1, 1, true, ModuleVersion.V1_5_01, false, 1, false, false, false);
    }

    @Override
    public Machine declare(Declaration declaration, Setting setting) {
        Options options = (Options) setting.options();
        if (setting.geometry().hasLargePages()) {
            throw new IllegalArgumentException(
                    "%s has frames of 4K only; small-pages-per-large must be 1".formatted(name()));
        }
        int frames = setting.geometry().frames();
        if (frames <= TdmrLayout.PAMT_FRAMES + ELSEWHERE) {
            throw new IllegalArgumentException(
                    "%d frames are too few: %d hold the module's metadata and %d are out of its reach; machine: frames must be %d at least"
                            .formatted(
                                    frames,
                                    TdmrLayout.PAMT_FRAMES,
                                    ELSEWHERE,
                                    TdmrLayout.PAMT_FRAMES + ELSEWHERE + 1));
        }
        requireProcessors(setting.cast().actors(), options.packages);
        Cpus cpus = Cpus.declare(declaration, Math.max(1, setting.cpus()), 0);
        Memory memory = Memory.declare(declaration, setting.geometry(), memory(options), setting.guards());
        TdxModule module = TdxModule.declare(
                declaration,
                memory,
                TdmrLayout.map(setting.geometry(), frames - TdmrLayout.PAMT_FRAMES - ELSEWHERE),
                module(options));
        List<Record> parts = new ArrayList<>(List.of(
                cpus, memory, module, new Laws(List.of(new LockedStays(module), new ShutDownStays(module)))));
        if (setting.guards().anyOff()) {
            parts.add(setting.guards());
        }
        return new Machine(parts);
    }

    /** Refuses an actor that is no logical processor: the module could not tell it from the first. */
    static void requireProcessors(List<Actor> actors, int packages) {
        for (Actor actor : actors) {
            if (actor.index() >= packages) {
                throw new IllegalArgumentException(
                        "%s would be logical processor %d; the machine has %d, one a package; write 'packages: %d'"
                                .formatted(actor.name(), actor.index(), packages, actors.size()));
            }
        }
    }

    private static MemoryOptions memory(Options options) {
        return options.caches
                ? MemoryOptions.tdx(KEY_IDS).withPoison().with(CacheOptions.everyLine(options.packages))
                : MemoryOptions.plain(KEY_IDS.last());
    }

    private static ModuleOptions module(Options options) {
        Set<ModuleFeature> features = EnumSet.noneOf(ModuleFeature.class);
        if (options.caches) {
            features.add(ModuleFeature.CACHED_STORES);
        }
        if (options.locks) {
            features.add(ModuleFeature.LOCKS);
        }
        if (options.longKeyConfig) {
            features.add(ModuleFeature.LONG_KEY_CONFIG);
        }
        if (options.entropy) {
            features.add(ModuleFeature.ENTROPY);
        }
        return new ModuleOptions(
                options.module,
                IntStream.range(0, options.packages).boxed().toList(),
                KEY_IDS,
                TdmrLayout.cmrs(),
                new MemoryRange(0, 0),
                2,
                2,
                ENTRIES_PER_BLOCK,
                options.cacheParts,
                options.tds,
                0,
                List.copyOf(features));
    }

    @Override
    public void begin(State state, Machine machine, Setting setting) {
        if (((Options) setting.options()).broughtUp) {
            machine.part(TdxModule.class).bringUp(state, TdmrLayout.GOOD.tdmrs());
        }
    }

    @Override
    public List<Adversary> adversaries(Record options) {
        boolean goesOn = ((Options) options).longKeyConfig;
        return List.of(
                Adversary.hardware((machine, cast) -> MemoryAdversary.hardware(machine)),
                Adversary.hardware((machine, cast) -> goesOn
                        ? List.of(new CallGoesOn.OfAny(
                                machine.part(Cpus.class),
                                machine.part(TdxModule.class),
                                cast.actors().size()))
                        : List.of()),
                Adversary.malicious(Principal.HOST, (machine, cast) -> MemoryAdversary.maliciousHost(machine)),
                Adversary.malicious(
                        Principal.HOST,
                        (machine, cast) -> SystemAdversary.maliciousHost(
                                machine, List.of(TdmrLayout.GOOD.tdmrs()))),
                Adversary.retroactive(Principal.HOST, (machine, cast) -> MemoryAdversary.retroactiveHost(machine)));
    }

    @Override
    public List<Guard> guards() {
        return List.of(TdxGuard.values());
    }

    @Override
    public boolean hasInterchangeableFrames() {
        return false;
    }

    @Override
    public List<Invariant> invariants(Machine machine, Setting setting) {
        TdxModule module = machine.part(TdxModule.class);
        return List.of(
                new BroughtUpInOrder(module),
                new MemoryIsDivided(module),
                PagesHaveOneOwner.of(machine),
                new KeysHaveOneOwner(module),
                new FreeKeysAreGone(machine.part(Memory.class), module));
    }

    @Override
    public List<String> leavesOut() {
        return LeftOut.OF_TDX;
    }

    @Override
    public Vocabulary vocabulary() {
        return new Vocabulary(ModuleForms.all())
                .and(ModuleForms.told())
                .and(List.of(writeBack()))
                .and(MemoryForms.lines())
                .and(List.of(Form.of("SEAMCALL goes on", Principal.HOST, CallGoesOn.class, Range.of(0, 1)).times(64)));
    }

    private static Form writeBack() {
        return Form.of(
                "cache instruction", Principal.HOST, OnCache.class, Range.of(CacheInstruction.WBINVD),
                machine -> IntStream.range(0, machine.part(Memory.class).options().caches().packages()).boxed()
                        .toList())
                .namedBy("instruction")
                .knownTo(Principal.HARDWARE);
    }

    @Override
    public List<Scene> scenes() {
        Set<Property> judged = EnumSet.of(Property.ACCOUNTING, Property.INTEGRITY, Property.CONFIDENTIALITY);
        List<Scene.Role> cast =
                List.of(new Scene.Role("cpu0", Principal.HOST), new Scene.Role("cpu1", Principal.HOST));
        List<Scene.Role> one = List.of(cast.getFirst());
        MachineSpec few = new MachineSpec(1, 11, 1);
        MachineSpec many = new MachineSpec(1, 16, 1);
        return List.of(
                new Scene(
                        "bring-up",
                        few,
                        Map.of("packages", 2, "brought-up", false, "long-key-config", true, "entropy", true),
                        cast,
                        judged),
                new Scene(
                        "bring-up with locks",
                        few,
                        Map.of("brought-up", false, "locks", true),
                        one,
                        judged),
                new Scene("lives", few, Map.of("packages", 1, "tds", 2), one, judged),
                new Scene("TDs", many, Map.of("packages", 2, "tds", 2), cast, judged),
                new Scene(
                        "TDs with caches",
                        many,
                        Map.of("packages", 2, "tds", 2, "caches", true, "cache-parts", 2),
                        cast,
                        judged),
                new Scene("locks", few, Map.of("packages", 2, "tds", 2, "locks", true), cast, judged));
    }
}
