package org.ringfence.machine.tdx.module;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.CacheOptions;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.KeyIds;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.tdx.abi.After;
import org.ringfence.machine.tdx.abi.Registers;

/**
 * A platform with a TDX module as the tests want it: a few pages at 1 GB for TDs, and below them the one page of each
 * PAMT that tells of these.
 */
record Platform(Machine machine, Layout layout, Seamcalls raw, WordMap words) {
    static final long GB = 1L << 30;
    static final long PAMT = 0x100_0000;

    /** What the part that keeps the TDCS of a TD would tell. */
    record Control(int td, Bounded op, Bounded associated) implements TdControl {
        static Control declare(Declaration declaration, int td) {
            Table table = declaration.single("TDCS " + td);
            return new Control(td, table.bounded("OP_STATE", 10), table.bounded("vCPUs", 1));
        }

        @Override
        public int opState(State state) {
            return op.get(state);
        }

        @Override
        public int associatedVcpus(State state) {
            return associated.get(state);
        }

        @Override
        public int vcpuPages(State state) {
            return 0;
        }

        @Override
        public boolean holds(State state, int frame) {
            return false;
        }

        @Override
        public void forget(State state) {
            op.set(state, 0);
            associated.set(state, 0);
        }
    }

    /** How a test's platform differs from others. */
    record Shape(
            ModuleVersion version,
            List<Integer> packageOf,
            int pages,
            int smallPerLarge,
            int cacheParts,
            int entriesPerInit,
            List<ModuleFeature> features,
            boolean integrity) {
        static Shape of(Integer... packageOf) {
            return new Shape(
                    ModuleVersion.V1_5_01,
                    List.of(packageOf),
                    16,
                    1,
                    1,
                    ModuleOptions.ENTRIES_PER_BLOCK,
                    List.of(),
                    false);
        }
    }

    static Platform of(Shape shape, Guards guards) {
        int small = shape.smallPerLarge();
        Geometry geometry = new Geometry(small, 3 * small + shape.pages(), small);
        AddressMap map = AddressMap.of(
                geometry, PAMT, small, PAMT + 0x40_0000, small, PAMT + 0x60_0000, small, GB, shape.pages());
        long usable = geometry.gpa(shape.pages() - 1) + 0x1000;
        ModuleOptions options = new ModuleOptions(
                shape.version(),
                shape.packageOf(),
                new KeyIds(1, 3, 3, KeyIds.MAX_PA),
                List.of(new MemoryRange(0, GB), new MemoryRange(GB, usable), new MemoryRange(4 * GB - 0x1000, 0x1000)),
                new MemoryRange(0x80_0000, 0x10_0000),
                2,
                2,
                shape.entriesPerInit(),
                shape.cacheParts(),
                2,
                7,
                shape.features());
        Layout.Placed<Machine> placed = Layout.of(Layout.Storage.PACKED, geometry.frames(), 1, declaration -> {
            Memory memory = Memory.declare(declaration, geometry, memory(shape, options));
            TdxModule module = TdxModule.declare(declaration, memory, map, options);
            return Machine.of(
                    memory, module, Control.declare(declaration, 0), Control.declare(declaration, 1), guards);
        });
        WordMap words = new WordMap();
        return new Platform(placed.machine(), placed.layout(), Seamcalls.of(words), words);
    }

    private static MemoryOptions memory(Shape shape, ModuleOptions options) {
        return shape.integrity()
                ? MemoryOptions.tdx(options.keyIds())
                        .withPoison()
                        .withKeyChanges(1)
                        .with(CacheOptions.everyLine(options.packages()))
                : MemoryOptions.plain(options.lastPrivate());
    }

    /** What is told of a TD. */
    Control control(int td) {
        return (Control) TdControl.of(machine).get(td);
    }

    TdxModule module() {
        return machine.part(TdxModule.class);
    }

    /** The TDMR that fits the platform. */
    TdmrInfo tdmr() {
        long usable = module().options().cmrs().get(1).size();
        return new TdmrInfo(
                GB,
                GB,
                PAMT + 0x60_0000,
                0x1000,
                PAMT + 0x40_0000,
                0x2000,
                PAMT,
                0x40_0000,
                List.of(new TdmrInfo.ReservedArea(usable, GB - usable)));
    }

    /** A TDMR behind it that is reserved whole, with PAMTs of its own. */
    TdmrInfo second() {
        return new TdmrInfo(
                2 * GB,
                GB,
                2 * PAMT + 0x60_0000,
                0x1000,
                2 * PAMT + 0x40_0000,
                0x2000,
                2 * PAMT,
                0x40_0000,
                List.of(new TdmrInfo.ReservedArea(0, GB)));
    }

    /** Puts TDMR_INFOs into shared memory: the array at 0x10000, the structures behind it. */
    void submit(List<TdmrInfo> tdmrs) {
        for (int i = 0; i < tdmrs.size(); i++) {
            long at = 0x10200 + 512L * i;
            words.write(0x10000 + 8L * i, at);
            long[] words = tdmrs.get(i).words();
            IntStream.range(0, words.length).forEach(j -> this.words.write(at + 8L * j, words[j]));
        }
    }

    State start() {
        return layout.newState();
    }

    Actor cpu(int lp) {
        return new Actor(lp, Principal.HOST, "CPU " + lp);
    }

    Registers call(State state, int lp, Registers in) {
        return switch (raw.seamcall(machine, state, cpu(lp), in)) {
            case After.Returned(Registers out) -> out;
            case After.Left() -> throw new IllegalStateException("no vCPU is entered here");
        };
    }

    long take(State state, int lp, Operation<?> operation) {
        return operation.on(machine, cpu(lp)).take(state);
    }

    /** The address of the n-th page for TDs. */
    long page(int n) {
        return module().map().hpa(3 * module().map().geometry().smallPerLarge() + n);
    }

    /** One logical processor of each package. */
    List<Integer> oneOfEachPackage() {
        List<Integer> lps = new ArrayList<>();
        for (int number = 0; number < module().options().packages(); number++) {
            lps.add(module().options().packageOf().indexOf(number));
        }
        return lps;
    }
}
