package org.ringfence.stack.guest.uefi.handover;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.device.DeviceOperation.StartDevice;
import org.ringfence.machine.device.DeviceWork;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.machine.vocabulary.Signals;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.dma.DmaOperation;
import org.ringfence.stack.guest.uefi.dma.IoMmuChoices;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol.Mapped;
import org.ringfence.stack.guest.uefi.dma.MapInfos;
import org.ringfence.stack.guest.uefi.dma.PoolLayout;
import org.ringfence.stack.guest.uefi.dma.Protection;
import org.ringfence.stack.guest.uefi.dma.Stash;
import org.ringfence.stack.guest.uefi.event.EventGroup;
import org.ringfence.stack.guest.uefi.event.EventServices;
import org.ringfence.stack.guest.uefi.event.EventType;
import org.ringfence.stack.guest.uefi.event.Notification;
import org.ringfence.stack.guest.uefi.event.Order;
import org.ringfence.stack.guest.uefi.event.Tpl;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;
import org.ringfence.stack.guest.uefi.memory.ExitBootServices;
import org.ringfence.stack.guest.uefi.memory.ExitBootServices.CoreHook;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AddMemory;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AllocatePages;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.FindFree;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.GetMemoryMap;
import org.ringfence.stack.guest.uefi.memory.MemoryServices;

/**
 * Firmware with a few drivers, each with a device and one mapped buffer; a loader that ends boot services; and the
 * operating system that follows. The devices work on while that happens.
 *
 * @param pages of memory
 */
public record HandOverFirmware(Options options, int pages) implements Routine<Done> {

    /** What is signalled when the operating system has taken over. */
    public static final String HANDED_OVER = "handed-over";

    private static final int LAST_OF_IOMMU = 1;
    private static final int OWN_OF_DRIVER = 2;

    /** Options of the firmware. */
    public record Options(
            @Meaning("what protects the guest") Protection on,
            @Meaning("how many drivers, with a device each") int drivers,
            @Meaning("what all drivers but the last do at ExitBootServices") DriverKind kind,
            @Meaning("what the last driver does") DriverKind last,
            @Meaning("what the devices do") Traffic traffic,
            @Meaning("which buffers the drivers have mapped") Buffers buffers,
            @Meaning("whether there is a secret in the buffers") boolean secret,
            @Meaning("when the IOMMU driver undoes the mappings") Teardown teardown,
            @Meaning("in which order functions of one level run") Order order,
            @Meaning("in which order events are created") Registration registration,
            @Meaning("at which TPLs the drivers' handlers run") Levels levels,
            @Meaning("whether Unmap wipes bounce buffers") boolean zeroes,
            @Meaning("whether Unmap copies before it makes a page private") boolean copiesFirst,
            @Meaning("whether there is a reserved pool, of one slot of a page and one of two") boolean pool,
            @Meaning("whether a slot of the pool that is taken is marked so") boolean marksSlots,
            @Meaning("who allocates the stash of a common buffer") Stash stash,
            @Meaning("where the IOMMU driver remembers mappings") MapInfos infos,
            @Meaning("whether the PCI bus driver has a handler that halts every device") boolean clearsBusMaster,
            @Meaning("what the operating system does") OperatingSystem system) {

        /** Drivers that firmware can have. */
        public static final int MOST_DRIVERS = 4;

        public Options {
            if (drivers < 1 || drivers > MOST_DRIVERS) {
                throw new IllegalArgumentException(
                        "drivers is %d; allowed are 1 to %d".formatted(drivers, MOST_DRIVERS));
            }
        }

        /** The defaults. */
        public static Options standard() {
            return new Options(
                    Protection.SEV, 2, DriverKind.HALTS, DriverKind.HALTS, Traffic.MIXED, Buffers.COMMON, false,
                    Teardown.SECOND_EVENT, Order.EDK2, Registration.IOMMU_FIRST, Levels.CALLBACK, true, true, false,
                    true, Stash.IN_ALLOCATE_BUFFER, MapInfos.RECYCLED, false, OperatingSystem.TRUSTS);
        }

        DriverKind kindOf(int driver) {
            return driver == drivers - 1 ? last : kind;
        }

        Value content() {
            return secret ? Value.DATA : Value.LAUNCH;
        }

        /** Slots of the pool. */
        public PoolLayout layout() {
            return pool ? PoolLayout.small() : PoolLayout.none();
        }
    }

    /** What a core does behind all handlers where it undoes the mappings itself. */
    private record UnmapsAll(IoMmuProtocol protocol) implements CoreHook {
        @Override
        public void afterHandlers(Cpu cpu) {
            protocol.unmapAll(cpu);
        }
    }

    @Override
    public Done run(Cpu cpu) {
        EventServices plain = new EventServices(options.order, List.of());
        MemoryServices memory = new MemoryServices(plain);
        options.on.acceptAll(cpu, pages);
        memory.add(cpu, new AddMemory(1, pages - 1, EfiMemoryType.CONVENTIONAL));
        IoMmuProtocol protocol = new IoMmuProtocol(
                options.on,
                memory,
                new IoMmuChoices(
                        options.zeroes, options.copiesFirst, options.marksSlots, false, options.stash, false,
                        options.infos,
                        true),
                options.layout());
        protocol.createPool(cpu);
        List<Long> used = new ArrayList<>();
        for (int driver = 0; driver < options.drivers; driver++) {
            used.add(cpu.call(new MapForDriver(protocol, options, driver)));
        }
        EventServices services = new EventServices(options.order, functions(protocol));
        cpu.call(new CreateEvents(options, services));
        for (int driver = 0; driver < options.drivers; driver++) {
            DeviceWork work = options.traffic.of(driver);
            cpu.ask(new StartDevice(driver, work, used.get(driver), options.content()));
        }
        Left left = cpu.call(new Leave(services, hook(protocol), 1));
        return cpu.call(new TakeOver(options, used, left));
    }

    private List<Notification> functions(IoMmuProtocol protocol) {
        List<Notification> functions = new ArrayList<>();
        for (int driver = 0; driver < options.drivers; driver++) {
            functions.add(new HandlerOfDriver(options.kindOf(driver), driver, driver + 1, OWN_OF_DRIVER, protocol));
        }
        functions.add(new HandlerOfIoMmu(options.teardown, protocol, LAST_OF_IOMMU, pages));
        functions.add(new HandlerOfPciBus(options.drivers));
        return functions;
    }

    private CoreHook hook(IoMmuProtocol protocol) {
        return options.teardown == Teardown.CORE_HOOK ? new UnmapsAll(protocol) : ExitBootServices.NoHook.NONE;
    }

    /** A driver gets a buffer, puts something there and maps it. Answers the address that its device uses. */
    private record MapForDriver(IoMmuProtocol protocol, Options options, int driver) implements Routine<Long> {
        @Override
        public Long run(Cpu cpu) {
            boolean common = options.buffers == Buffers.COMMON;
            int type = EfiMemoryType.BOOT_SERVICES_DATA.ordinal();
            long host = common
                    ? protocol.allocateBuffer(cpu, type, 1, 0, true).host()
                    : protocol.memory()
                            .allocate(cpu, AllocatePages.any(EfiMemoryType.BOOT_SERVICES_DATA, 1))
                            .address();
            if (host == 0) {
                throw new Panic("the machine has too little memory for the buffer of driver %d".formatted(driver));
            }
            Mapping now = common && options.pool ? Mapping.SHARED : Mapping.PRIVATE;
            if (cpu.ask(new Store(host, now, options.content())) != Stored.STORED) {
                throw new Panic("the firmware stops at a fault in a buffer");
            }
            Mapped mapped = protocol.map(cpu, operation(common).ordinal(), host, (int) Geometry.SMALL, true);
            if (mapped.status().isError()) {
                throw new Panic("Map of the buffer of driver %d: %s".formatted(driver, mapped.status().worded()));
            }
            return mapped.device();
        }

        private DmaOperation operation(boolean common) {
            if (common) {
                return DmaOperation.COMMON_BUFFER;
            }
            return options.traffic.of(driver).reads() ? DmaOperation.READ : DmaOperation.WRITE;
        }
    }

    /** Everyone who has a handler creates its event. */
    private record CreateEvents(Options options, EventServices services) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            int ofIoMmu = options.drivers + 1;
            services.createEvent(cpu, EventType.NOTIFY_SIGNAL, Tpl.CALLBACK, ofIoMmu);
            if (options.last == DriverKind.SECOND_EVENT) {
                services.createEvent(cpu, EventType.NOTIFY_SIGNAL, Tpl.CALLBACK, options.drivers);
            }
            List<Integer> waiting = new ArrayList<>();
            for (int function = 1; function <= options.drivers; function++) {
                if (options.kindOf(function - 1).hasHandler()) {
                    waiting.add(function);
                }
            }
            if (options.clearsBusMaster) {
                waiting.add(ofIoMmu + 1);
            }
            boolean hasHandler = switch (options.teardown) {
                case FIRST_HANDLER, SECOND_EVENT, OPENS_ALL -> true;
                case CORE_HOOK, LEFT -> false;
            };
            if (hasHandler) {
                waiting.add(options.registration == Registration.IOMMU_FIRST ? 0 : waiting.size(), ofIoMmu);
            }
            while (!waiting.isEmpty()) {
                boolean any = options.registration == Registration.ANY && waiting.size() > 1;
                int next = any ? cpu.choose(waiting.size()) : 0;
                int function = waiting.get(next);
                waiting.subList(next, next + 1).clear();
                int level = function >= ofIoMmu ? Tpl.CALLBACK : level(cpu);
                services.createEvent(
                        cpu, EventType.NOTIFY_SIGNAL, level, function, EventGroup.EXIT_BOOT_SERVICES);
            }
            return Done.DONE;
        }

        private int level(Cpu cpu) {
            return switch (options.levels) {
                case CALLBACK -> Tpl.CALLBACK;
                case NOTIFY -> Tpl.NOTIFY;
                case ANY -> cpu.choose(2) == 0 ? Tpl.CALLBACK : Tpl.NOTIFY;
            };
        }
    }

    /**
     * What the loader hands to the operating system.
     *
     * @param key of its copy of the map
     * @param free a page that is free by that copy
     */
    private record Left(long key, long free) {}

    /** The loader ends boot services, and tries once more when the map has changed. */
    private record Leave(EventServices services, CoreHook hook, int again) implements Routine<Left> {
        @Override
        public Left run(Cpu cpu) {
            long free = cpu.ask(new FindFree());
            long key = cpu.ask(GetMemoryMap.whole()).key();
            EfiStatus status = cpu.call(new ExitBootServices(services, key, hook));
            if (!status.isError()) {
                return new Left(key, free);
            }
            if (again == 0) {
                throw new Panic("ExitBootServices failed twice: %s".formatted(status.worded()));
            }
            return cpu.become(new Leave(services, hook, again - 1));
        }
    }

    /** The operating system has the loader's map, and the memory that devices used. */
    private record TakeOver(Options options, List<Long> used, Left left) implements Routine<Done> {
        TakeOver {
            used = List.copyOf(used);
        }

        @Override
        public Done run(Cpu cpu) {
            long now = cpu.ask(GetMemoryMap.whole()).key();
            cpu.ask(new Judge(Property.ACCOUNTING, now == left.key));
            if (options.system == OperatingSystem.REWRITES) {
                reuse(cpu);
            }
            cpu.ask(new Signals.Signal(HANDED_OVER));
            if (options.system == OperatingSystem.TRUSTS) {
                reuse(cpu);
            }
            if (options.last == DriverKind.TRACES) {
                readTrace(cpu);
            }
            return Done.DONE;
        }

        /** The operating system uses a page that its map has as free; then the runtime service looks for its trace. */
        private void readTrace(Cpu cpu) {
            long free = left.free * Geometry.SMALL;
            Loaded before = cpu.ask(new Load(free));
            cpu.ask(new Store(free, Value.NEWER));
            boolean lost = before == Loaded.DATA && cpu.ask(new Load(free)) != Loaded.DATA;
            cpu.ask(new Judge(Property.INTEGRITY, !lost));
        }

        private void reuse(Cpu cpu) {
            for (long gpa : used) {
                if (cpu.ask(new Store(gpa, Value.NEWER)) != Stored.STORED) {
                    throw new Panic("the operating system stops at a fault in a store to GPA 0x%X".formatted(gpa));
                }
            }
            for (long gpa : used) {
                Loaded loaded = cpu.ask(new Load(gpa));
                if (!loaded.isContents()) {
                    throw new Panic("the operating system stops at a fault in a load from GPA 0x%X".formatted(gpa));
                }
            }
        }
    }
}
