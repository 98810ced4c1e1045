package org.ringfence.machine.tdx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.KeyIds;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.MemoryRange;
import org.ringfence.machine.tdx.module.ModuleFeature;
import org.ringfence.machine.tdx.module.ModuleOptions;
import org.ringfence.machine.tdx.module.ModuleVersion;
import org.ringfence.machine.tdx.module.TdmrLayout;
import org.ringfence.machine.tdx.module.Tdr;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.TdOptions;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;

/**
 * A machine with one TD or two, as the tests want it; with a module, which has some frames more, the TD is created and
 * no more.
 */
record Td(Machine machine, Layout layout, List<Actor> vcpus, Actor host, Actor l2, boolean mixed) {
    /** Of a machine with the module: 1 is the module's, 2 the first TD's. */
    static final KeyIds KEY_IDS = new KeyIds(0, 3);

    private static final int FRAMES_OF_TD = 8;

    private static ModuleOptions module(ModuleVersion version, int tds, int lps) {
        return new ModuleOptions(
                version, Collections.nCopies(lps, 0), KEY_IDS, TdmrLayout.cmrs(), new MemoryRange(0, 0),
                2, 2, 1 << 18, 1,
                tds, 0, List.of(ModuleFeature.LOCKS));
    }

    static Td of(Geometry geometry, int vcpus, Set<TdxFeature> features) {
        return of(Layout.Storage.PACKED, geometry, vcpus, features);
    }

    static Td of(Geometry geometry, int vcpus, TdOptions options) {
        return of(Layout.Storage.PACKED, geometry, vcpus, options);
    }

    static Td of(Layout.Storage storage, Geometry geometry, int vcpus, Set<TdxFeature> features) {
        return of(storage, geometry, vcpus, TdOptions.of(features));
    }

    static Td of(Layout.Storage storage, Geometry geometry, int vcpus, TdOptions options) {
        return of(storage, geometry, vcpus, options, MemoryOptions.plain(1));
    }

    static Td of(Layout.Storage storage, Geometry geometry, int vcpus, TdOptions options, MemoryOptions lines) {
        Layout.Placed<Machine> placed =
                Layout.of(storage, geometry.frames(), geometry.smallPerLarge(), declaration -> {
                    Memory memory = Memory.declare(declaration, geometry, lines);
                    Cpus cpus = Cpus.declare(declaration, vcpus, MapGpaAnswer.known());
                    Ledger ledger = Ledger.declare(declaration, geometry.pages());
                    Tdx tdx = Tdx.declare(declaration, memory, cpus, List.of(vcpus), options, Guards.allOn())
                            .getFirst();
                    return Machine.of(memory, cpus, ledger, tdx);
                });
        return of(placed, vcpus);
    }

    /** One with a TD for each number of vCPUs, and what each is owed. */
    static Td ofSeveral(Geometry geometry, List<Integer> vcpus, Set<TdxFeature> features) {
        int all = vcpus.stream().mapToInt(Integer::intValue).sum();
        Layout.Placed<Machine> placed =
                Layout.of(Layout.Storage.PACKED, geometry.frames(), geometry.smallPerLarge(), declaration -> {
                    Memory memory = Memory.declare(declaration, geometry, MemoryOptions.plain(vcpus.size()));
                    Cpus cpus = Cpus.declare(declaration, all, MapGpaAnswer.known());
                    List<Record> parts = new ArrayList<>(List.of(memory, cpus));
                    vcpus.forEach(_ -> parts.add(Ledger.declare(declaration, geometry.pages())));
                    parts.addAll(Tdx.declare(
                            declaration, memory, cpus, vcpus, TdOptions.of(features), Guards.allOn()));
                    return new Machine(parts);
                });
        return of(placed, all);
    }

    /** One whose TD the host builds: the last of eight frames more is its root page, those before it are its TDCS. */
    static Td withModule(Geometry geometry, int vcpus, TdOptions options) {
        return withModule(geometry, vcpus, options, MemoryOptions.plain(KEY_IDS.last()));
    }

    static Td withModule(Geometry geometry, int vcpus, TdOptions options, MemoryOptions lines) {
        return withModule(geometry, List.of(vcpus), options, lines);
    }

    /**
     * As {@link #withModule(Geometry, int, TdOptions)}, with dynamic PAMT: the frames before the TDCS are the PAMT
     * pages that it and the root page need.
     */
    static Td withDynamicPamt(Geometry geometry, int vcpus, TdOptions options) {
        return withModule(
                ModuleVersion.DYNAMIC_PAMT, geometry, List.of(vcpus), options, MemoryOptions.plain(KEY_IDS.last()));
    }

    /** As {@link #withModule(Geometry, int, TdOptions)}, for several TDs, of which the first is created. */
    static Td withModule(Geometry geometry, List<Integer> vcpusOfEach, TdOptions options, MemoryOptions lines) {
        return withModule(ModuleVersion.V1_5_01, geometry, vcpusOfEach, options, lines);
    }

    private static Td withModule(
            ModuleVersion version, Geometry geometry, List<Integer> vcpusOfEach, TdOptions options,
            MemoryOptions lines) {
        int vcpus = vcpusOfEach.stream().mapToInt(Integer::intValue).sum();
        Geometry larger = new Geometry(
                geometry.pages(), geometry.frames() + vcpusOfEach.size() * FRAMES_OF_TD, geometry.smallPerLarge());
        Set<TdxFeature> features = EnumSet.of(TdxFeature.ASSOCIATION);
        features.addAll(options.features());
        TdOptions associated =
                new TdOptions(features, options.width(), options.levels(), options.kept(), options.l2Vms());
        Layout.Placed<Machine> placed =
                Layout.of(Layout.Storage.PACKED, larger.frames(), larger.smallPerLarge(), declaration -> {
                    Memory memory = Memory.declare(declaration, larger, lines);
                    Cpus cpus = Cpus.declare(declaration, vcpus, MapGpaAnswer.known());
                    Ledger ledger = Ledger.declare(declaration, larger.pages());
                    TdxModule module = TdxModule.declare(
                            declaration, memory, TdmrLayout.mapForTds(larger, larger.frames()),
                            module(version, vcpusOfEach.size(), vcpus + 1));
                    List<Record> parts = new ArrayList<>(List.of(memory, cpus, ledger));
                    parts.addAll(Tdx.declare(
                            declaration, memory, cpus, vcpusOfEach, associated, Guards.allOn(), Optional.of(module)));
                    parts.add(module);
                    return new Machine(parts);
                });
        return of(placed, vcpus);
    }

    private static Td of(Layout.Placed<Machine> placed, int vcpus) {
        List<Actor> guests = IntStream.range(0, vcpus)
                .mapToObj(i -> new Actor(i, Principal.GUEST, "vCPU " + i))
                .toList();
        return new Td(
                placed.machine(),
                placed.layout(),
                guests,
                new Actor(vcpus, Principal.HOST, "host").on(0),
                new Actor(vcpus + 1, Principal.INNER_GUEST, "L2"),
                false);
    }

    /** All features of a TD that runs from the start and whose L2 has a CPU of its own. */
    static Set<TdxFeature> allOfOneThatRuns() {
        Set<TdxFeature> features = EnumSet.allOf(TdxFeature.class);
        features.removeAll(Set.of(
                TdxFeature.ASSOCIATION, TdxFeature.L2_ENTRY, TdxFeature.L2_TABLES, TdxFeature.STEPS, TdxFeature.TLBS));
        return features;
    }

    static Set<TdxFeature> features(TdxFeature... features) {
        return features.length == 0 ? EnumSet.noneOf(TdxFeature.class) : EnumSet.copyOf(List.of(features));
    }

    /** The same machine, with a table of 4K entries under the first 2M only. */
    Td withFirstTable() {
        return new Td(machine, layout, vcpus, host, l2, true);
    }

    /** The TD, or the first. */
    Tdx tdx() {
        return machine.part(Tdx.class);
    }

    List<Tdx> tds() {
        return machine.parts(Tdx.class);
    }

    TdxModule module() {
        return machine.part(TdxModule.class);
    }

    State start() {
        State state = layout.newState();
        tds().forEach(tdx -> tdx.start(state));
        machine.find(TdxModule.class).ifPresent(module -> {
            module.bringUp(state, TdmrLayout.GOOD.tdmrs());
            module.create(machine, state, KEY_IDS.firstPrivate() + 1, Tdr.LEAST_TDCX + tdx().options().l2Vms(),
                    tdx().geometry().frames() - 1);
        });
        if (mixed) {
            tds().forEach(tdx -> tdx.addSeptPage(state, 0));
        }
        return state;
    }

    /** By the host on another logical CPU. */
    long byHost(State state, int lp, Operation<?> operation) {
        return operation.on(machine, host.on(lp)).take(state);
    }

    long byHost(State state, Operation<?> operation) {
        return operation.on(machine, host).take(state);
    }

    long byGuest(State state, Operation<?> operation) {
        return operation.on(machine, vcpus.getFirst()).take(state);
    }

    @Override
    public String toString() {
        return (tds().size() == 1 ? "" : tds().size() + " TDs, ") + tdx().geometry() + ", " + vcpus.size() + " vCPUs, "
                + layout.bits() + " bits" + (mixed ? ", mixed" : "");
    }
}
