package org.ringfence.platform.life;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ringfence.machine.device.Devices;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.platform.cost.CostTable;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.boot.DriversAtWork;
import org.ringfence.stack.guest.uefi.boot.FindMemory;
import org.ringfence.stack.guest.uefi.dma.IoMmu;
import org.ringfence.stack.guest.uefi.dma.IoMmuChoices;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol;
import org.ringfence.stack.guest.uefi.dma.PoolLayout;
import org.ringfence.stack.guest.uefi.dma.Protection;
import org.ringfence.stack.guest.uefi.event.EventServices;
import org.ringfence.stack.guest.uefi.event.Events;
import org.ringfence.stack.guest.uefi.event.Order;
import org.ringfence.stack.guest.uefi.handover.LeaveFirmware;
import org.ringfence.stack.guest.uefi.memory.BootState;
import org.ringfence.stack.guest.uefi.memory.FirmwareMemory;
import org.ringfence.stack.guest.uefi.memory.FirmwareMemory.Range;
import org.ringfence.stack.guest.uefi.memory.MemoryServices;

/**
 * Plays boots of firmware in a guest of one vCPU: it finds its memory, shares the pool, its drivers do transfers, and a
 * loader ends boot services. The routines are those that the checker pre-empts, and the host is that of a VM's life.
 */
public final class FirmwareBoots {
    private final BootMap map;
    private final Protection on;
    private final int operations;
    private final long seed;
    private final PoolLayout pool;
    private final LifeWatch watch;
    private final Map<LifeStage, FirmwareRun.Work> work = new EnumMap<>(LifeStage.class);
    private List<Range> before = List.of();
    private List<Range> after = List.of();
    private Optional<LeaveFirmware.Left> left = Optional.empty();
    private FirmwareRun.Work sofar = FirmwareRun.Work.NONE;

    private FirmwareBoots(
            Protection on, BootMap map, int operations, boolean pool, long seed, LifeProgress progress) {
        this.map = map;
        this.on = on;
        this.operations = operations;
        this.seed = seed;
        this.pool = pool ? PoolLayout.ovmf() : PoolLayout.none();
        this.watch = new LifeWatch(progress, Optional.empty(), CostTable.defaults());
    }

    /**
     * Plays one.
     *
     * @param on SEV, SNP or TDX
     * @param operations how often Map is called
     * @param pool whether the IOMMU driver has its reserved pool
     * @param seed of the transfers
     * @throws org.ringfence.platform.tdx.host.TooLittleMemory when the Java heap cannot hold the machine
     */
    public static FirmwareRun play(
            Protection on, BootMap map, int operations, boolean pool, long seed, LifeProgress progress) {
        return new FirmwareBoots(on, map, operations, pool, seed, progress).play(pool);
    }

    private FirmwareRun play(boolean withPool) {
        Optional<String> stopped = Optional.empty();
        Optional<String> death = Optional.empty();
        try {
            boot();
        } catch (GuestGone gone) {
            death = Optional.of(String.valueOf(gone.getMessage()));
        } catch (Panic panic) {
            death = Optional.of("the firmware stops: " + panic.getMessage());
        } catch (LifeStopped early) {
            stopped = Optional.of(String.valueOf(early.getMessage()));
        }
        watch.end();
        List<EfiStatus> statuses = left.map(LeaveFirmware.Left::statuses).orElse(List.of());
        return new FirmwareRun(
                withPool, work, watch.times(), watch.calls(), before, after, statuses,
                left.map(LeaveFirmware.Left::key).orElse(0L), left.map(LeaveFirmware.Left::after).orElse(0L), death,
                watch.broken(), stopped, watch.seconds());
    }

    private void boot() {
        watch.begin(LifeStage.HOST, 0);
        List<Part> software = List.of(
                new Events.Sized(DriversAtWork.DRIVERS + LeaveFirmware.MORE_EVENTS, false),
                FirmwareMemory.PART,
                BootState.PART,
                new Devices.Sized(DriversAtWork.DRIVERS),
                new IoMmu.Sized(DriversAtWork.MOST_LIVE, DriversAtWork.DRIVERS, pool.slots(), false));
        LifeOptions options = new LifeOptions(
                map.bytes(), 1, Acceptance.LAZY, BackingSize.LARGE, TouchOrder.RANDOM, 0, seed, Optional.empty());
        switch (on) {
            case SEV -> {
                SevFirmwareMachine guest =
                        SevFirmwareMachine.of((int) (map.bytes() / Geometry.SMALL), software, watch);
                run(guest, guest.machine(), guest.state());
            }
            case SNP -> {
                Layout.Placed<SnpLifeMachine> placed = SnpLifeMachine.place(options, software);
                State state = Lives.newState(placed.layout());
                SnpVm vm = new SnpVm(options, placed.machine(), state, watch);
                launch(vm);
                run(vm, placed.machine().machine(), state);
            }
            case TDX -> {
                Layout.Placed<TdxLifeMachine> placed = TdxLifeMachine.place(
                        options, TdxLifeMachine.cryptographic(), software);
                State state = Lives.newState(placed.layout());
                TdxVm vm = new TdxVm(options, placed.machine(), state, watch);
                launch(vm);
                run(vm, placed.machine().machine(), state);
            }
            case NATIVE -> throw new IllegalArgumentException("firmware converts nothing without a protection");
        }
    }

    private void launch(ProtectedVm vm) {
        vm.prepare();
        watch.begin(LifeStage.LAUNCH, 0);
        vm.launch(map.image(), (int) (BootMap.IMAGE / Geometry.SMALL));
    }

    private void run(GuestCpu vcpu, Machine machine, State state) {
        int data = pool.choices().stream().mapToInt(choice -> choice.slots() * choice.dataPages()).sum();
        FirmwareCpu cpu = new FirmwareCpu(on, vcpu, data);
        MemoryServices memory = new MemoryServices(new EventServices(Order.EDK2, List.of()));
        IoMmuProtocol protocol = new IoMmuProtocol(on, memory, IoMmuChoices.EDK2, pool);
        FirmwareMemory firmware = machine.part(FirmwareMemory.class);

        watch.begin(LifeStage.FIRMWARE, 0);
        cpu.call(new FindMemory(on, memory, map.ranges()));
        sofar = counted(cpu);

        watch.begin(LifeStage.POOL, 0);
        protocol.createPool(cpu);
        note(LifeStage.POOL, cpu);

        watch.begin(LifeStage.DRIVERS, 0);
        cpu.call(new DriversAtWork(protocol, operations, seed));
        note(LifeStage.DRIVERS, cpu);
        before = firmware.ranges(state);

        watch.begin(LifeStage.EXIT_BOOT_SERVICES, 0);
        int drivers = Math.min(DriversAtWork.DRIVERS, operations);
        left = Optional.of(cpu.call(new LeaveFirmware(on, protocol, drivers)));
        note(LifeStage.EXIT_BOOT_SERVICES, cpu);
        after = firmware.ranges(state);
    }

    private void note(LifeStage stage, FirmwareCpu cpu) {
        FirmwareRun.Work now = counted(cpu);
        work.put(stage, now.minus(sofar));
        sofar = now;
    }

    private FirmwareRun.Work counted(FirmwareCpu cpu) {
        long requests = watch.exitsFor(FirmwareBoots::isRequest);
        long faults = watch.exitsFor(reason -> !isRequest(reason));
        return new FirmwareRun.Work(cpu.toShared(), cpu.toPrivate(), requests, faults, cpu.copied());
    }

    /** Whether the guest left to ask for a conversion. */
    private static boolean isRequest(Enum<?> reason) {
        return reason.name().startsWith("PSC_") || reason.name().startsWith("MAP_GPA_");
    }
}
