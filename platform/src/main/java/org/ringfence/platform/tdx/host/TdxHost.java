package org.ringfence.platform.tdx.host;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.run.StraightCpu;
import org.ringfence.machine.memory.Topology;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.stack.host.inventory.CpuList;
import org.ringfence.stack.host.inventory.HostCpu;
import org.ringfence.stack.host.inventory.HostMemoryMap;
import org.ringfence.stack.host.inventory.MemoryBlock;
import org.ringfence.stack.host.tdx.bringup.BringUp;
import org.ringfence.stack.host.tdx.bringup.Call;
import org.ringfence.stack.host.tdx.bringup.Construction;
import org.ringfence.stack.host.tdx.bringup.FailedCall;
import org.ringfence.stack.host.tdx.bringup.Host;
import org.ringfence.stack.host.tdx.bringup.Injection;
import org.ringfence.stack.host.tdx.bringup.Tdmr;
import org.ringfence.stack.host.tdx.bringup.TdmrConstruction;
import org.ringfence.stack.host.tdx.bringup.TdmrLimits;

/**
 * Plays a TDX host of real size. Its machine has a frame for every 4K page of usable memory; nobody but the host's own
 * software moves, and lines leave caches only for others or when they are flushed.
 */
public final class TdxHost {
    private static final int MOST_PACKAGES = 64;
    private static final int EVERY = 1024;

    private TdxHost() {}

    /**
     * Brings the TDX module up.
     *
     * @throws Interrupted when {@code progress} wants no more
     * @throws TooLittleMemory when the Java heap cannot hold the machine
     * @throws NoSuchHost where there is none with such memory
     * @throws IllegalArgumentException with a sentence, where there is none with such processors
     */
    public static HostRun bringUp(
            HostMemoryMap memory, CpuList cpus, TdxHostOptions options, Injection injection, HostProgress progress) {
        Construction made = TdmrConstruction.of(
                memory.blocks(),
                options.holes() == TdxHostOptions.Holes.MEMORY ? memory.blocks() : convertible(memory),
                TdmrLimits.tdx15());
        List<Integer> sockets = cpus.sockets();
        if (sockets.size() > MOST_PACKAGES) {
            throw new IllegalArgumentException("the host has %d packages; allowed are %d at most"
                    .formatted(sockets.size(), MOST_PACKAGES));
        }
        List<Integer> packageOf = cpus.cpus().stream().map(cpu -> sockets.indexOf(cpu.socket())).toList();
        Host host = new Host(firstOnline(cpus), packageOf, pamtPackages(made, memory, cpus, sockets),
                TdxHostMachine.GLOBAL_KEY_ID);
        askWhileMaking(progress);
        Layout.Placed<TdxHostMachine> placed = TdxHostMachine.place(memory, packageOf, options);
        TdxHostMachine machine = placed.machine();
        askWhileMaking(progress);
        State state = newState(placed.layout());
        askWhileMaking(progress);
        Topology topology = machine.machine().part(Topology.class);
        for (int i = 0; i < packageOf.size(); i++) {
            topology.setOnline(state, i, cpus.cpus().get(i).online());
        }
        BringUp routine = new BringUp(host, made, options.choices(), injection);
        Watch watch = new Watch(progress, calls(made));
        Actor actor = new Actor(firstOnline(cpus), Principal.HOST, "host");
        BringUp.End end = StraightCpu.run(machine.machine(), state, actor, routine, watch);
        List<String> notes = new ArrayList<>();
        if (memory.origin() != HostMemoryMap.Origin.FIRMWARE) {
            notes.add("the memory map is that of the '%s' lines".formatted(memory.origin().lines()));
        }
        notes.addAll(machine.notes());
        if (made instanceof Construction.Constructed(List<Tdmr> tdmrs)) {
            Aftermath.of(machine.machine(), state, tdmrs, end, progress).tell(notes, watch.broken);
        }
        watch.tellOf(injection, notes);
        return new HostRun(
                made, end, watch.calls, watch.injected, Optional.ofNullable(watch.failure), watch.broken, notes);
    }

    private static void askWhileMaking(HostProgress progress) {
        String where = "the making of the machine";
        if (!progress.goesOn(() -> where)) {
            throw new Interrupted(where);
        }
    }

    private static State newState(Layout layout) {
        try {
            return layout.newState();
        } catch (OutOfMemoryError full) {
            throw TooLittleMemory.forState(layout.bytes());
        }
    }

    private static List<MemoryBlock> convertible(HostMemoryMap memory) {
        return TdxHostMachine.cmrs(memory).stream()
                .map(cmr -> new MemoryBlock(cmr.base(), cmr.end(), 0))
                .toList();
    }

    private static int firstOnline(CpuList cpus) {
        List<HostCpu> all = cpus.cpus();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).online()) {
                return i;
            }
        }
        throw new IllegalArgumentException("no processor is online");
    }

    /** The packages whose memory holds a PAMT; memory of a node without processors is nobody's. */
    private static long pamtPackages(Construction made, HostMemoryMap memory, CpuList cpus, List<Integer> sockets) {
        long packages = 0;
        if (made instanceof Construction.Constructed(List<Tdmr> tdmrs)) {
            for (Tdmr tdmr : tdmrs) {
                long base = tdmr.pamt().base();
                packages |= memory.blocks().stream()
                        .filter(block -> block.start() <= base && base < block.end())
                        .flatMap(block -> cpus.cpus().stream().filter(cpu -> cpu.node() == block.node()))
                        .mapToLong(cpu -> 1L << sockets.indexOf(cpu.socket()))
                        .findFirst()
                        .orElse(0);
            }
        }
        return packages;
    }

    /** How many calls of TDH.SYS.TDMR.INIT there will be. */
    private static long calls(Construction made) {
        return made instanceof Construction.Constructed constructed
                ? constructed.tdmrBytes() / (TdxHostMachine.ENTRIES_PER_INIT * 4096L)
                : 0;
    }

    /** Counts what happens, and tells of it now and then. */
    private static final class Watch implements StraightCpu.Witness {
        private static final String TDMR_INIT = "TDH.SYS.TDMR.INIT";

        private final HostProgress progress;
        private final long expected;
        private final Map<String, Long> calls = new LinkedHashMap<>();
        private final Set<Property> broken = EnumSet.noneOf(Property.class);
        private HostRun.@Nullable Failure failure;
        private long performed;
        private int injected;

        Watch(HostProgress progress, long expected) {
            this.progress = progress;
            this.expected = expected;
        }

        @Override
        public void performed(Operation<?> operation, long code, long marks) {
            String mnemonic = operation.mnemonic();
            long number = calls.merge(mnemonic, 1L, Long::sum);
            injected += operation instanceof FailedCall ? 1 : 0;
            if (failure == null && mnemonic.startsWith("TDH.")) {
                String result = operation.results().print(code);
                if (!result.startsWith("TDX_SUCCESS")) {
                    failure = new HostRun.Failure(Form.text(operation), number, result);
                }
            }
            if (Property.anyBroken(marks)) {
                for (Property property : Property.values()) {
                    if (property.isBrokenIn(marks)) {
                        broken.add(property);
                    }
                }
            }
            if (performed++ % EVERY == 0 && !progress.goesOn(how(mnemonic, number))) {
                throw new Interrupted(how(mnemonic, number).get());
            }
        }

        /** A failure that was asked for may come too late to happen. */
        void tellOf(Injection injection, List<String> notes) {
            if (injection.call() != Call.NONE && injected == 0) {
                String mnemonic = injection.call().mnemonic();
                notes.add(String.format(
                        Locale.ROOT,
                        "call %,d of %s, which was to fail, was never made: there were %,d",
                        injection.occurrence(),
                        mnemonic,
                        calls.getOrDefault(mnemonic, 0L)));
            }
        }

        private Supplier<String> how(String mnemonic, long number) {
            return () -> mnemonic.equals(TDMR_INIT)
                    ? String.format(Locale.ROOT, "%s %,d of %,d", mnemonic, number, expected)
                    : String.format(Locale.ROOT, "%s %,d", mnemonic, number);
        }
    }
}
