package org.ringfence.platform.life;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.KeyIds;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.memory.Topology;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.tdx.module.AddressMap;
import org.ringfence.machine.tdx.module.MemoryRange;
import org.ringfence.machine.tdx.module.ModuleOptions;
import org.ringfence.machine.tdx.module.ModuleVersion;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.TdOptions;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;
import org.ringfence.stack.host.tdx.bringup.TdmrConstruction;

/**
 * The machine of a TD's life: a host with as much memory as the TD takes with its tables and the PAMT, in one block
 * from address 0 on, and one package with a processor for each vCPU and one for the host.
 *
 * @param frames 4K frames of the host
 */
record TdxLifeMachine(Machine machine, int frames) {
    /** As in Linux' documentation: 15 shared KeyIDs. */
    static final int GLOBAL_KEY_ID = 16;

    private static final KeyIds KEY_IDS = new KeyIds(GLOBAL_KEY_ID - 1, 48);
    private static final long PAGE = Geometry.SMALL;
    private static final long GIB = 1L << 30;

    /** Levels of the Secure EPT below the root that the TDCS holds. */
    private static final int LEVELS = 4;

    private static final Set<TdxFeature> FEATURES = Collections.unmodifiableSet(EnumSet.of(
            TdxFeature.SEPT_VE_DISABLE,
            TdxFeature.SHARED_PAGES,
            TdxFeature.TLB_TRACKING,
            TdxFeature.TABLES,
            TdxFeature.EXIT_DETAILS,
            TdxFeature.ASSOCIATION));

    /** Bytes of the host: PAMTs take 1/255, tables 1/512, and what is shared a sixteenth or 1 GiB. */
    static long hostBytes(LifeOptions options) {
        long beside = options.memory() / 128 + Math.min(GIB, options.memory() / 16) + GIB / 4;
        return Math.ceilDiv(options.memory() + beside, GIB) * GIB;
    }

    /** Memory with cryptographic integrity, Ci. */
    static MemoryOptions cryptographic() {
        return MemoryOptions.tdx(KEY_IDS).withoutMoves().withPoison();
    }

    static Layout.Placed<TdxLifeMachine> place(LifeOptions options, MemoryOptions memory) {
        return place(options, memory, List.of());
    }

    /** With what the guest's software brings. */
    static Layout.Placed<TdxLifeMachine> place(LifeOptions options, MemoryOptions memoryOptions, List<Part> software) {
        int frames = Math.toIntExact(hostBytes(options) / PAGE);
        Geometry geometry = new Geometry(Math.toIntExact(options.memory() / PAGE), frames, HostFrames.SPAN);
        List<Integer> packageOf = Collections.nCopies(options.cpus() + 1, 0);
        ModuleOptions module = new ModuleOptions(
                ModuleVersion.V1_5_01,
                packageOf,
                KEY_IDS,
                List.of(new MemoryRange(TdmrConstruction.FIRST, frames * PAGE - TdmrConstruction.FIRST)),
                new MemoryRange(0, 0),
                ModuleOptions.MAX_TDMRS,
                ModuleOptions.MAX_RESERVED_AREAS,
                ModuleOptions.ENTRIES_PER_INIT,
                1,
                1,
                0,
                List.of());
        return Layout.of(Layout.Storage.LARGE, frames, HostFrames.SPAN, declaration -> {
            Topology topology = Topology.declare(declaration, packageOf);
            Memory memory = Memory.declare(declaration, geometry, memoryOptions);
            Cpus cpus = Cpus.declare(declaration, options.cpus(), MapGpaAnswer.known());
            TdxModule tdx = TdxModule.declare(declaration, memory, AddressMap.flat(geometry), module);
            Tdx td = Tdx.declare(
                    declaration, memory, cpus, List.of(options.cpus()), TdOptions.of(FEATURES).keeping(LEVELS),
                    Guards.allOn(), Optional.of(tdx)).getFirst();
            Ledger ledger = Ledger.declare(declaration, geometry.pages());
            Machine machine = Machine.of(topology, memory, cpus, tdx, td, ledger);
            return new TdxLifeMachine(GuestSoftware.brought(declaration, machine, options.cpus(), software), frames);
        });
    }
}
