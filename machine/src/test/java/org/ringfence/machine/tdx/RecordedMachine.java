package org.ringfence.machine.tdx;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.KeyIds;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.After;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.host.RaiseInterrupt;
import org.ringfence.machine.tdx.module.AddressMap;
import org.ringfence.machine.tdx.module.HoldModuleLock;
import org.ringfence.machine.tdx.module.MemoryRange;
import org.ringfence.machine.tdx.module.ModuleFeature;
import org.ringfence.machine.tdx.module.ModuleOptions;
import org.ringfence.machine.tdx.module.ModuleVersion;
import org.ringfence.machine.tdx.module.Seamcalls;
import org.ringfence.machine.tdx.module.TdmrInfo;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.WordMap;
import org.ringfence.machine.tdx.module.phymem.InterruptCacheWb;
import org.ringfence.machine.tdx.seamcall.TdSeamcalls;
import org.ringfence.machine.tdx.sept.SeptTable.Lock;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.OpState;
import org.ringfence.machine.tdx.td.TdExitReason;
import org.ringfence.machine.tdx.td.TdOptions;
import org.ringfence.machine.tdx.td.TdParams;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;
import org.ringfence.machine.tdx.tdcall.Tdcalls;

/**
 * The machine on which the published TDX module 1.5.01 answered random calls: one TDMR of 1 GiB at 0x40000000, of which
 * frames lie in the first ten MiB, and one TD whose TDCX pages lie below its root page.
 */
final class RecordedMachine {
    private static final KeyIds KEY_IDS = new KeyIds(0, 3);
    private static final Geometry GEOMETRY = new Geometry(1024, 5 * 512, 512);
    private static final long GB = 1L << 30;
    private static final long BASE = 0x4000_0000L;
    private static final int CACHE_PARTS = 4;
    private static final int TDCX = 6;
    private static final int KEY_ID = 2;
    private static final long CACHE_WB = 0x28;
    private static final long DEMOTE = 0xF;
    private static final TdmrInfo TDMR = new TdmrInfo(
            BASE, GB, 0x1080_0000L, 0x1000, 0x1060_0000L, 0x2000, 0x1000_0000L, 0x40_0000L, List.of());

    private static final ModuleOptions MODULE = new ModuleOptions(
            ModuleVersion.V1_5_01,
            List.of(0),
            KEY_IDS,
            List.of(new MemoryRange(0, 2 * GB)),
            new MemoryRange(0, 0),
            1,
            1,
            1 << 18,
            CACHE_PARTS,
            1,
            0,
            List.of(ModuleFeature.LOCKS, ModuleFeature.HUGE_PAGES, ModuleFeature.STALE_OWNERS));

    private final Machine machine;
    private final State fresh;
    private final Tdx tdx;
    private final Actor vcpu = new Actor(0, Principal.GUEST, "vCPU");
    private final Actor host = new Actor(1, Principal.HOST, "host").on(0);
    private final Seamcalls seamcalls = TdSeamcalls.of(new WordMap());
    private State state;

    RecordedMachine() {
        TdOptions options = TdOptions.of(Set.of(
                TdxFeature.TABLES, TdxFeature.TLB_TRACKING, TdxFeature.SEPT_VE_DISABLE, TdxFeature.EXIT_DETAILS,
                TdxFeature.INTERRUPTS, TdxFeature.ENTRY_LOCKS, TdxFeature.ASSOCIATION)).keeping(4);
        Layout.Placed<Machine> placed = Layout.of(
                Layout.Storage.PACKED, GEOMETRY.frames(), GEOMETRY.smallPerLarge(), declaration -> {
                    Memory memory = Memory.declare(declaration, GEOMETRY, MemoryOptions.plain(KEY_IDS.last()));
                    Cpus cpus = Cpus.declare(declaration, 1, MapGpaAnswer.known());
                    TdxModule module = TdxModule.declare(
                            declaration, memory, AddressMap.of(GEOMETRY, BASE, GEOMETRY.frames()), MODULE);
                    Tdx td = Tdx.declare(
                            declaration, memory, cpus, List.of(1), options, Guards.allOn(), Optional.of(module))
                            .getFirst();
                    return Machine.of(memory, cpus, td, module);
                });
        machine = placed.machine();
        tdx = machine.part(Tdx.class);
        fresh = placed.layout().newState();
        tdx.start(fresh);
        TdxModule module = machine.part(TdxModule.class);
        module.bringUp(fresh, List.of(TDMR));
        module.create(machine, fresh, KEY_ID, TDCX, GEOMETRY.frames() - 1);
        tdx.control().initialize(fresh, TdParams.of(1));
        tdx.vps().ready().set(fresh, 0, true);
        tdx.vcpus().exit(fresh, 0, TdExitReason.EXTERNAL_INTERRUPT);
        state = fresh.snapshot();
    }

    void renew() {
        state = fresh.snapshot();
    }

    void run() {
        tdx.control().op().set(state, OpState.RUNNABLE);
    }

    void enter() {
        tdx.vcpus().epochs().enter(state, 0);
        tdx.vcpus().enter(state, 0);
    }

    void leave() {
        tdx.vcpus().exit(state, 0, TdExitReason.EXTERNAL_INTERRUPT);
    }

    /** Registers after a call by the host. An interrupt that comes during the call is gone behind it. */
    Registers call(long leaf, long rcx, long rdx, long r8, long r9) {
        if (leaf == CACHE_WB && rdx > 0 && rdx < CACHE_PARTS) {
            new InterruptCacheWb(0, (int) rdx).on(machine, host).take(state);
        }
        Registers in = new Registers(leaf, rcx, rdx, r8, leaf == DEMOTE ? -1 : r9, -1, -1, 0, 0, 0, 0);
        After after = seamcalls.seamcall(machine, state, host, in);
        machine.part(TdxModule.class).interruptAfter().set(state, 0, 0);
        return switch (after) {
            case After.Returned(Registers out) -> out;
            case After.Left() -> throw new IllegalStateException("leaf %X left".formatted(leaf));
        };
    }

    /** Another leaf takes or releases a lock. */
    void hold(HoldModuleLock lock) {
        lock.on(machine, host).take(state);
    }

    /** The frame at {@code hpa}. */
    int frame(long hpa) {
        return machine.part(TdxModule.class).map().frame(hpa);
    }

    /** Who else holds the lock of the 4K entry of {@code page}. */
    void lock(int page, Lock by) {
        tdx.sept().pt().lock().set(state, page, by.ordinal());
    }

    /** Whether a host waits for the 4K entry of {@code page}. */
    void setHostPriority(int page, boolean waits) {
        tdx.sept().pt().hostPriority().set(state, page, waits ? 1 : 0);
    }

    /** As {@link #setHostPriority} left it, or a leaf since. */
    boolean hostPriority(int page) {
        return tdx.sept().pt().hostPriority().get(state, page) != 0;
    }

    /** What an accept by the vCPU inside came to, as the recordings word it. */
    String accept(long rcx, int parts) {
        if (parts > 0) {
            new RaiseInterrupt(0, parts).on(machine, host).take(state);
        }
        Registers in = new Registers(6, rcx, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        After after = Tdcalls.tdcall(machine, state, vcpu, in);
        tdx.vcpus().interruptAfter().set(state, 0, 0);
        return switch (after) {
            case After.Returned(Registers out) -> "returned %X 0".formatted(out.rax());
            case After.Left() -> {
                Registers out = TdSeamcalls.exited(machine, state, vcpu);
                yield "exit %X %X".formatted(out.rax() & 0xFFFF_FFFFL, out.rdx());
            }
        };
    }
}
