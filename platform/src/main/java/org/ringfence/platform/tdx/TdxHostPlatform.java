package org.ringfence.platform.tdx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.ringfence.checker.check.Platform;
import org.ringfence.machine.memory.CacheOptions;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryGuard;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.memory.Topology;
import org.ringfence.machine.memory.adversary.MemoryAdversary;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.TdxForms;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.adversary.SystemAdversary;
import org.ringfence.machine.tdx.module.MemoryRange;
import org.ringfence.machine.tdx.module.ModuleFeature;
import org.ringfence.machine.tdx.module.ModuleForms;
import org.ringfence.machine.tdx.module.ModuleOptions;
import org.ringfence.machine.tdx.module.ModuleVersion;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.machine.vocabulary.MemoryForms;
import org.ringfence.machine.vocabulary.Vocabulary;
import org.ringfence.stack.host.tdx.bringup.CallGoesOn;
import org.ringfence.stack.host.tdx.bringup.EntropyFamily;
import org.ringfence.stack.host.tdx.bringup.SmallHost;
import org.ringfence.stack.host.tdx.bringup.TdxBringUp;

/** Intel TDX before there is any TD: packages, caches, and a module that is to be brought up. */
public final class TdxHostPlatform implements Platform {

    /** One call of TDH.SYS.TDMR.INIT does 1 GB. */
    private static final int ENTRIES_PER_BLOCK = 1 << 18;

    /** Options of a host. */
    public record Options(
            @Meaning("packages, each with one logical processor") int packages,
            @Meaning("whether the PAMTs of all packages lie in the memory of the first; the host's software must "
                    + "be told the same") boolean pamtsOnFirst,
            @Meaning("what the memory controller checks") MemoryOptions.Integrity integrity,
            @Meaning("what Li finds across private keys") MemoryOptions.CrossKey crossKey,
            @Meaning("whether the packages have caches") boolean caches,
            @Meaning("whether the processor has the partial-write erratum") boolean erratum,
            @Meaning("which module is loaded") ModuleVersion module,
            @Meaning("how many packages, from the last, have no processor online at first") int offline,
            @Meaning("whether TDH.SYS.KEY.CONFIG takes its time") boolean longKeyConfig,
            @Meaning("whether a package can be out of entropy") boolean entropy,
            @Meaning("where the module's stores go first; of no meaning without caches") Stores stores,
            @Meaning("when the module writes the first lines of a PAMT") PamtWrites pamtWrites,
            @Meaning("what becomes of what the module writes under the global KeyID on a package without the key") Unkeyed unkeyed,
            @Meaning("bits of a MAC, 1 or 2, where the host searches for one; 0 for one that nobody finds") int macBits) {

        public Options {
            if (packages < 1 || packages > SmallHost.MOST_PACKAGES) {
                throw new IllegalArgumentException(
                        "packages is %d; allowed are 1 to %d".formatted(packages, SmallHost.MOST_PACKAGES));
            }
            if (offline < 0 || offline >= packages) {
                throw new IllegalArgumentException(
                        "offline is %d; allowed are 0 to %d, for one of the packages is online".formatted(offline,
                                packages - 1));
            }
            if (macBits < 0 || macBits > 2 || macBits > 0 && integrity != MemoryOptions.Integrity.CRYPTOGRAPHIC) {
                throw new IllegalArgumentException(
                        "mac-bits is %d; allowed are 0, and 1 and 2 with the integrity cryptographic"
                                .formatted(macBits));
            }
        }
    }

    /** When the module writes the first lines of a PAMT under the global KeyID. */
    public enum PamtWrites {
        @Meaning("In TDH.SYS.TDMR.INIT, when every package has the key: 1.5.01.")
        TDMR_INIT,
        @Meaning("In TDH.SYS.KEY.CONFIG of each package already, through its cache: what Linux allows for.")
        KEY_CONFIG
    }

    /** Where the module's stores go first. */
    public enum Stores {
        @Meaning("To memory.")
        DIRECT,
        @Meaning("Into the cache; but TDH.SYS.TDMR.INIT, as in life, writes to memory.")
        CACHED,
        @Meaning("Into the cache, those of TDH.SYS.TDMR.INIT too.")
        CACHED_WITH_TDMR_INIT
    }

    /**
     * What becomes of what the module writes under the global KeyID on a package without the key, of which no source
     * tells.
     */
    public enum Unkeyed {
        @Meaning("It is lost.")
        JUNK,
        @Meaning("It is kept under whatever key there is.")
        KEPT
    }

    @Override
    public String name() {
        return "tdx-host";
    }

    @Override
    public Record options() {
        return new Options(
                1,
                false,
                MemoryOptions.Integrity.CRYPTOGRAPHIC,
                MemoryOptions.CrossKey.JUNK,
                false,
                false,
                ModuleVersion.V1_5_01,
                0,
                false,
                false,
                Stores.DIRECT,
                PamtWrites.TDMR_INIT,
                Unkeyed.JUNK,
                0);
    }

    @Override
    public Machine declare(Declaration declaration, Setting setting) {
        Options options = (Options) setting.options();
        if (setting.geometry().hasLargePages()) {
            throw new IllegalArgumentException(
                    "%s has frames of 4K only; small-pages-per-large must be 1".formatted(name()));
        }
        Geometry geometry = setting.geometry();
        SmallHost small = new SmallHost(options.packages, geometry.frames(), options.pamtsOnFirst);
        Cpus cpus = Cpus.declare(declaration, Math.max(1, setting.cpus()), 0);
        Topology topology = Topology.declare(declaration, small.packageOf());
        Memory memory = Memory.declare(declaration, geometry, lines(options), setting.guards());
        TdxModule module = TdxModule.declare(declaration, memory, small.map(geometry), module(options, small));
        List<Record> parts = new ArrayList<>(List.of(cpus, topology, memory, module));
        if (setting.guards().anyOff()) {
            parts.add(setting.guards());
        }
        return new Machine(parts);
    }

    private static MemoryOptions lines(Options options) {
        MemoryOptions lines = MemoryOptions.tdx(TdxBringUp.KEY_IDS).withPoison();
        if (options.integrity == MemoryOptions.Integrity.LOGICAL) {
            lines = lines.logical(options.crossKey);
        }
        if (options.macBits > 0) {
            lines = lines.withMacBits(options.macBits);
        }
        if (options.erratum) {
            lines = lines.withPartialWriteErratum();
        }
        return options.caches ? lines.with(CacheOptions.everyLine(options.packages)) : lines;
    }

    private static ModuleOptions module(Options options, SmallHost small) {
        List<ModuleFeature> features = new ArrayList<>();
        if (options.longKeyConfig) {
            features.add(ModuleFeature.LONG_KEY_CONFIG);
        }
        if (options.entropy) {
            features.add(ModuleFeature.ENTROPY);
        }
        if (options.caches && options.stores != Stores.DIRECT) {
            features.add(ModuleFeature.CACHED_STORES);
        }
        if (options.caches && options.stores == Stores.CACHED_WITH_TDMR_INIT) {
            features.add(ModuleFeature.CACHED_TDMR_INIT);
        }
        if (options.pamtWrites == PamtWrites.KEY_CONFIG) {
            features.add(ModuleFeature.KEY_CONFIG_WRITES_PAMT);
        }
        return new ModuleOptions(
                options.module,
                small.packageOf(),
                TdxBringUp.KEY_IDS,
                small.cmrs(),
                new MemoryRange(0, 0),
                options.packages,
                options.packages,
                ENTRIES_PER_BLOCK,
                1,
                1,
                0,
                features);
    }

    @Override
    public void begin(State state, Machine machine, Setting setting) {
        Options options = (Options) setting.options();
        Topology topology = machine.part(Topology.class);
        for (int i = 0; i < options.offline; i++) {
            topology.setOnline(state, options.packages - 1 - i, false);
        }
    }

    @Override
    public List<Adversary> adversaries(Record options) {
        Options chosen = (Options) options;
        return List.of(
                Adversary.hardware((machine, cast) -> hardware(chosen, machine, cast)),
                Adversary.malicious(Principal.HOST, (machine, cast) -> maliciousHost(chosen, machine)),
                Adversary.retroactive(Principal.HOST, (machine, cast) -> MemoryAdversary.retroactiveHost(machine)));
    }

    private static List<Family> hardware(Options options, Machine machine, Cast cast) {
        List<Family> families = new ArrayList<>(MemoryAdversary.hardware(machine));
        if (options.longKeyConfig) {
            families.add(new CallGoesOn.OfAny(
                    machine.part(Cpus.class), machine.part(TdxModule.class), cast.actors().size()));
        }
        if (options.entropy) {
            families.add(new EntropyFamily(machine.part(TdxModule.class)));
        }
        return families;
    }

    private static List<Family> maliciousHost(Options options, Machine machine) {
        int frames = machine.part(Memory.class).geometry().frames();
        SmallHost small = new SmallHost(options.packages, frames, options.pamtsOnFirst);
        return Stream.concat(
                MemoryAdversary.maliciousHost(machine).stream(),
                SystemAdversary.maliciousHost(machine, List.of(small.infos())).stream())
                .toList();
    }

    @Override
    public List<Guard> guards() {
        return Stream.concat(Arrays.stream(MemoryGuard.values()), Arrays.stream(TdxGuard.values()))
                .map(Guard.class::cast)
                .toList();
    }

    @Override
    public List<String> leavesOut() {
        return LeftOut.OF_TDX;
    }

    @Override
    public Vocabulary vocabulary() {
        return new Vocabulary(MemoryForms.all()).and(MemoryForms.lines())
                .and(ModuleForms.all())
                .and(ModuleForms.told())
                .and(TdxForms.all());
    }

    @Override
    public boolean hostsShareCpus() {
        return true;
    }

    @Override
    public boolean hasInterchangeableFrames() {
        return false;
    }

    @Override
    public List<Invariant> invariants(Machine machine, Setting setting) {
        Options options = (Options) setting.options();
        SmallHost small = new SmallHost(options.packages, setting.geometry().frames(), options.pamtsOnFirst);
        return Stream.of(Property.INTEGRITY, Property.AVAILABILITY)
                .<Invariant>map(property -> ModulePages.of(property, machine, small, options.unkeyed == Unkeyed.JUNK))
                .toList();
    }
}
