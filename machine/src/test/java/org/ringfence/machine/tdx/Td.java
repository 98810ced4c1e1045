package org.ringfence.machine.tdx;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.Geometry;
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

/** A machine with one TD, as the tests want it. */
record Td(Machine machine, Layout layout, List<Actor> vcpus, Actor host, Actor l2, boolean mixed) {

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
        List<Actor> guests = IntStream.range(0, vcpus)
                .mapToObj(i -> new Actor(i, Principal.GUEST, "vCPU " + i))
                .toList();
        return new Td(
                placed.machine(),
                placed.layout(),
                guests,
                new Actor(vcpus, Principal.HOST, "host"),
                new Actor(vcpus + 1, Principal.INNER_GUEST, "L2"),
                false);
    }

    /** All features of a TD that runs from the start and whose L2 has a CPU of its own. */
    static Set<TdxFeature> allOfOneThatRuns() {
        Set<TdxFeature> features = EnumSet.allOf(TdxFeature.class);
        features.removeAll(Set.of(
                TdxFeature.LIFE, TdxFeature.ASSOCIATION, TdxFeature.L2_ENTRY, TdxFeature.L2_TABLES, TdxFeature.TLBS));
        return features;
    }

    static Set<TdxFeature> features(TdxFeature... features) {
        return features.length == 0 ? EnumSet.noneOf(TdxFeature.class) : EnumSet.copyOf(List.of(features));
    }

    /** The same machine, with a table of 4K entries under the first 2M only. */
    Td withFirstTable() {
        return new Td(machine, layout, vcpus, host, l2, true);
    }

    Tdx tdx() {
        return machine.part(Tdx.class);
    }

    State start() {
        State state = layout.newState();
        tdx().start(state);
        if (mixed) {
            tdx().addSeptPage(state, 0);
        }
        return state;
    }

    long byHost(State state, Operation<?> operation) {
        return operation.on(machine, host).take(state);
    }

    long byGuest(State state, Operation<?> operation) {
        return operation.on(machine, vcpus.getFirst()).take(state);
    }

    @Override
    public String toString() {
        return tdx().geometry() + ", " + vcpus.size() + " vCPUs, " + layout.bits() + " bits" + (mixed ? ", mixed" : "");
    }
}
