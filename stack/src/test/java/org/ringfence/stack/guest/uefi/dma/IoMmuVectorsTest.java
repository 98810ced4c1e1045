package org.ringfence.stack.guest.uefi.dma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.RunningCpu;
import org.ringfence.machine.sev.NestedGuest;
import org.ringfence.machine.sev.Sev;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.FirmwareBed;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.Newest;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.ReadPool;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol.Buffer;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol.Mapped;
import org.ringfence.stack.guest.uefi.event.EventServices;
import org.ringfence.stack.guest.uefi.event.Events;
import org.ringfence.stack.guest.uefi.event.Order;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;
import org.ringfence.stack.guest.uefi.memory.FirmwareMemory;
import org.ringfence.stack.guest.uefi.memory.FirmwarePool;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AddMemory;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AllocatePages;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.GetMemoryMap;
import org.ringfence.stack.guest.uefi.memory.MemoryServices;

/** The vectors I1 to I16, on SEV with a reserved pool of OVMF's layout. */
class IoMmuVectorsTest {
    private static final int PAGES = 6000;
    private static final int SMALL = (int) Geometry.SMALL;
    private static final int DATA = EfiMemoryType.BOOT_SERVICES_DATA.ordinal();
    private static final int CONVENTIONAL_AT_4G = 1 << 20;

    private final EventServices events = new EventServices(Order.EDK2, List.of());

    private static FirmwareBed bed(int pages) {
        Geometry geometry = new Geometry(pages, pages, 1);
        FirmwareBed bed = FirmwareBed.of(pages, declaration -> {
            Cpus cpus = Cpus.declare(declaration, 1, 1);
            Memory memory = Memory.declare(declaration, geometry, NestedGuest.GUEST_KEY);
            return Machine.of(
                    cpus,
                    memory,
                    Sev.declare(declaration, geometry, cpus, 0, java.util.Optional.empty()),
                    Ledger.declare(declaration, pages),
                    Events.declare(declaration, 2, false),
                    FirmwareMemory.declare(declaration, geometry),
                    IoMmu.declare(declaration, geometry, 16, 16, PoolLayout.ovmf().slots(), true),
                    FirmwarePool.declare(declaration, geometry, 32));
        });
        Sev sev = bed.part(Sev.class);
        for (int page = 0; page < pages; page++) {
            sev.npt().map(bed.state(), page, page, Level.SIZE_4K);
        }
        return bed;
    }

    private final FirmwareBed bed = bed(PAGES);
    private final IoMmuProtocol protocol =
            new IoMmuProtocol(Protection.SEV, new MemoryServices(events), IoMmuChoices.EDK2, PoolLayout.ovmf());
    private long pool;

    /** As firmware begins; nothing is asked yet. */
    private void begin(boolean withPool) {
        protocol.memory().add(bed, new AddMemory(1, PAGES - 1, EfiMemoryType.CONVENTIONAL));
        if (withPool) {
            protocol.createPool(bed);
            pool = bed.ask(new ReadPool()) * Geometry.SMALL;
        }
        bed.asked();
    }

    private long host(int pages, Value value) {
        long host =
                protocol.memory().allocate(bed, AllocatePages.any(EfiMemoryType.BOOT_SERVICES_DATA, pages)).address();
        for (int i = 0; i < pages; i++) {
            bed.ask(new Store(host + i * Geometry.SMALL, value));
        }
        bed.asked();
        return host;
    }

    private Mapped map(DmaOperation operation, long host, int bytes) {
        return protocol.map(bed, operation.ordinal(), host, bytes, true);
    }

    private int taken() {
        return (int) bed.part(IoMmu.class).taken().get(bed.state(), 0);
    }

    private Loaded read(long gpa, Mapping mapping) {
        return bed.ask(new Load(gpa, mapping));
    }

    private void deviceWrites(long gpa, int pages) {
        for (int i = 0; i < pages; i++) {
            bed.part(Memory.class).write(bed.state(), (int) (gpa / SMALL) + i, Value.NEWER, 0);
        }
    }

    /** Pages whose contents are given up because they become shared. */
    private static long conversions(List<Operation<?>> asked) {
        return asked.stream()
                .filter(one -> one instanceof Note note && note.kind() == Note.Kind.GIVEN_UP)
                .count();
    }

    @Test
    void theLayoutOfThePool() {
        assertThat(PoolLayout.ovmf().pages()).isEqualTo(1429);
        assertThat(PoolLayout.ovmf().choices().stream().map(choice -> choice.firstPage() * SMALL))
                .containsExactly(0x0, 0x8000, 0x50000, 0x92000, 0x193000);
        assertThat(PoolLayout.ovmf().choices().stream().map(choice -> choice.stride() * SMALL))
                .containsExactly(0x2000, 0x9000, 0x21000, 0x101000, 0x201000);
    }

    @Test
    void i1AReadFromThePoolCopiesAndConvertsNothing() {
        begin(true);
        long host = host(1, Value.DATA);
        Mapped mapped = map(DmaOperation.READ, host, 100);
        assertThat(mapped.device()).isEqualTo(pool + 0x1000);
        assertThat(mapped.bytes()).isEqualTo(100);
        assertThat(taken()).isEqualTo(0x1);
        assertThat(conversions(bed.asked())).isZero();
        assertThat(read(mapped.device(), Mapping.SHARED)).isEqualTo(Loaded.DATA);
    }

    @Test
    void i2WhereItsClassIsFullARequestGoesToTheDxeCore() {
        begin(true);
        long host = host(1, Value.DATA);
        for (int i = 0; i < 4; i++) {
            map(DmaOperation.READ, host, SMALL);
        }
        bed.asked();
        Mapped fifth = map(DmaOperation.READ, host, SMALL);
        assertThat(taken()).isEqualTo(0xF);
        assertThat(fifth.device()).isLessThan(pool);
        assertThat(conversions(bed.asked())).isEqualTo(1);
    }

    @Test
    void i3OneSlotOf1MiB() {
        begin(true);
        long host = host(33, Value.DATA);
        assertThat(map(DmaOperation.WRITE, host, 33 * SMALL).device()).isEqualTo(pool + 0x93000);
        assertThat(taken()).isEqualTo(0x4000);
        bed.asked();
        map(DmaOperation.WRITE, host, 33 * SMALL);
        assertThat(taken()).isEqualTo(0x4000);
        assertThat(conversions(bed.asked())).isEqualTo(33);
    }

    @Test
    void i4MoreThan512PagesNeverComeFromThePool() {
        begin(true);
        long host = host(513, Value.DATA);
        map(DmaOperation.READ64, host, 513 * SMALL);
        assertThat(taken()).isZero();
        assertThat(conversions(bed.asked())).isEqualTo(513);
    }

    @Test
    void i6CommonBuffersAskForAPageMore() {
        begin(true);
        Buffer eight = protocol.allocateBuffer(bed, DATA, 8, 0, true);
        assertThat(eight.host()).isEqualTo(pool + 0x51000);
        assertThat(taken()).isEqualTo(0x1000);
        bed.asked();
        protocol.allocateBuffer(bed, DATA, 512, 0, true);
        assertThat(taken()).isEqualTo(0x1000);
        assertThat(conversions(bed.asked())).as("private until it is mapped").isZero();
    }

    @Test
    void i7AndI8WhatAllocateBufferRefusesInItsOrder() {
        begin(false);
        assertThat(protocol.allocateBuffer(bed, DATA, 1, 0x1, false).status()).isEqualTo(EfiStatus.EFI_UNSUPPORTED);
        assertThat(protocol.allocateBuffer(bed, DATA, 1, 0, false).status())
                .isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        assertThat(protocol.allocateBuffer(bed, EfiMemoryType.LOADER_DATA.ordinal(), 1, 0, true).status())
                .isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
    }

    @Test
    void i9A32BitCommonBufferEndsBelow4GiB() {
        FirmwareBed large = bed(CONVENTIONAL_AT_4G + 8);
        int page = CONVENTIONAL_AT_4G - 1;
        protocol.memory().add(large, new AddMemory(page - 8, 16, EfiMemoryType.CONVENTIONAL));
        Buffer buffer = protocol.allocateBuffer(large, DATA, 1, 0, true);
        assertThat(buffer.host()).isEqualTo(0xFFFF_F000L);
        int common = DmaOperation.COMMON_BUFFER.ordinal();
        assertThat(protocol.map(large, common, buffer.host(), 0x1001, true))
                .isEqualTo(Mapped.failed(EfiStatus.EFI_UNSUPPORTED, 0));
        assertThat(protocol.map(large, common, buffer.host(), 0x1000, true).status())
                .isEqualTo(EfiStatus.EFI_SUCCESS);
    }

    @Test
    void i10AnUnknownOperationMapsNothingAndAMissingPointerTouchesNothing() {
        begin(false);
        assertThat(protocol.map(bed, 6, 0x1000, 7, true)).isEqualTo(Mapped.failed(EfiStatus.EFI_INVALID_PARAMETER, 0));
        assertThat(protocol.map(bed, 0, 0x1000, 7, false))
                .isEqualTo(Mapped.failed(EfiStatus.EFI_INVALID_PARAMETER, 7));
    }

    @Test
    void i11UnmapOfAWriteCopiesBackTakesBackWipesAndFrees() {
        begin(false);
        long host = host(3, Value.DATA);
        Mapped mapped = map(DmaOperation.WRITE, host, 0x2001);
        deviceWrites(mapped.device(), 3);
        assertThat(protocol.unmap(bed, mapped.mapping())).isEqualTo(EfiStatus.EFI_SUCCESS);
        for (int i = 0; i < 3; i++) {
            assertThat(read(host + i * Geometry.SMALL, Mapping.PRIVATE)).isEqualTo(Loaded.NEWER);
            assertThat(read(mapped.device() + i * Geometry.SMALL, Mapping.PRIVATE)).isEqualTo(Loaded.ZERO);
        }
        assertThat(typeAt(mapped.device())).isEqualTo(EfiMemoryType.CONVENTIONAL);
    }

    private EfiMemoryType typeAt(long gpa) {
        return bed.part(FirmwareMemory.class).typeOf(bed.state(), (int) (gpa / SMALL));
    }

    @Test
    void i12WhatADeviceScribblesInAReadIsLost() {
        begin(false);
        long host = host(1, Value.DATA);
        Mapped mapped = map(DmaOperation.READ, host, SMALL);
        deviceWrites(mapped.device(), 1);
        protocol.unmap(bed, mapped.mapping());
        assertThat(read(host, Mapping.PRIVATE)).isEqualTo(Loaded.DATA);
    }

    @Test
    void i13SetAttributeChecksAndChangesNothing() {
        begin(false);
        int mapping = map(DmaOperation.READ, host(1, Value.DATA), SMALL).mapping();
        assertThat(protocol.setAttribute(bed, mapping, 1)).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(protocol.setAttribute(bed, mapping, 3)).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        assertThat(protocol.setAttribute(bed, mapping, 0)).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(protocol.setAttribute(bed, 0, 0)).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
    }

    @Test
    void i14ACommonBufferKeepsItsDataAndStaysAllocated() {
        begin(false);
        Buffer buffer = protocol.allocateBuffer(bed, DATA, 1, 0, true);
        bed.ask(new Store(buffer.host(), Value.DATA));
        Mapped mapped = map(DmaOperation.COMMON_BUFFER, buffer.host(), SMALL);
        assertThat(read(buffer.host(), Mapping.SHARED)).isEqualTo(Loaded.DATA);
        protocol.unmap(bed, mapped.mapping());
        assertThat(read(buffer.host(), Mapping.PRIVATE)).isEqualTo(Loaded.DATA);
        assertThat(bed.ask(new Newest())).isZero();
        assertThat(typeAt(buffer.host())).isEqualTo(EfiMemoryType.BOOT_SERVICES_DATA);
        assertThat(protocol.freeBuffer(bed, 1, buffer.host())).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(protocol.freeBuffer(bed, 1, buffer.host())).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        assertThat(typeAt(buffer.host())).isEqualTo(EfiMemoryType.CONVENTIONAL);
    }

    @Test
    void i15TheEndOfBootServicesUndoesAllNewestFirstAndFreesNothing() {
        begin(true);
        long large = host(513, Value.DATA);
        map(DmaOperation.WRITE, large, 513 * SMALL);
        map(DmaOperation.READ, host(1, Value.DATA), SMALL);
        Buffer buffer = protocol.allocateBuffer(bed, DATA, 512, 0, true);
        for (int i = 0; i < 512; i++) {
            bed.ask(new Store(buffer.host() + i * Geometry.SMALL, Value.DATA));
        }
        map(DmaOperation.COMMON_BUFFER, buffer.host(), 512 * SMALL);
        long key = bed.ask(GetMemoryMap.whole()).key();
        bed.asked();
        protocol.unmapAll(bed);
        List<Integer> removed = new ArrayList<>();
        for (Operation<?> one : bed.asked()) {
            if (one instanceof IoMmuOperation.Remove(int mapping)) {
                removed.add(mapping);
            }
        }
        assertThat(removed).containsExactly(3, 2, 1);
        assertThat(bed.ask(GetMemoryMap.whole()).key()).isEqualTo(key);
        assertThat(bed.ask(new Newest())).isZero();
        assertThat(bed.ask(new ReadPool())).as("the pool is over").isZero();
        assertThat(read(buffer.host(), Mapping.PRIVATE)).isEqualTo(Loaded.DATA);
    }

    @Test
    void i16AChangeThatFailsStopsTheFirmware() {
        RunningCpu refusing = new RunningCpu() {
            @Override
            @SuppressWarnings("unchecked")
            public <R> R ask(Operation<R> operation) {
                return operation.results() instanceof Results.Answers
                        ? (R) Answer.known(1)
                        : operation.results().decode(0, this);
            }
        };
        assertThatExceptionOfType(Panic.class).isThrownBy(() -> Protection.TDX.share(refusing, 0x1000));
    }

    @Test
    void edk2LeavesACommonBufferOfThePoolSharedWithItsDataWhenItIsUnmapped() {
        begin(true);
        Buffer buffer = protocol.allocateBuffer(bed, DATA, 1, 0, true);
        bed.ask(new Store(buffer.host(), Mapping.SHARED, Value.DATA));
        Mapped mapped = map(DmaOperation.COMMON_BUFFER, buffer.host(), SMALL);
        protocol.unmap(bed, mapped.mapping());
        assertThat(read(buffer.host(), Mapping.SHARED)).isEqualTo(Loaded.DATA);
    }

    private long key() {
        return bed.ask(GetMemoryMap.whole()).key();
    }

    private static IoMmuProtocol with(Stash stash, MapInfos infos) {
        return new IoMmuProtocol(
                Protection.SEV,
                new MemoryServices(new EventServices(Order.EDK2, List.of())),
                new IoMmuChoices(true, true, true, false, stash, false, infos, true),
                PoolLayout.none());
    }

    @Test
    void unmapOfACommonBufferLeavesTheMapAloneWhereAllocateBufferHasAllocatedTheStash() {
        begin(false);
        Buffer buffer = protocol.allocateBuffer(bed, DATA, 2, 0, true);
        long before = key();
        Mapped mapped = map(DmaOperation.COMMON_BUFFER, buffer.host(), 2 * SMALL);
        protocol.unmap(bed, mapped.mapping());
        assertThat(key()).isEqualTo(before);
    }

    @Test
    void aStashThatMapAllocatesIsFreedByUnmapAndNotAtTheEndOfBootServices() {
        begin(false);
        IoMmuProtocol inMap = with(Stash.IN_MAP, MapInfos.RECYCLED);
        Buffer buffer = inMap.allocateBuffer(bed, DATA, 1, 0, true);
        bed.ask(new Store(buffer.host(), Value.DATA));
        long before = key();
        Mapped mapped = inMap.map(bed, DmaOperation.COMMON_BUFFER.ordinal(), buffer.host(), SMALL, true);
        assertThat(key()).isEqualTo(before + 1);
        inMap.unmap(bed, mapped.mapping());
        assertThat(key()).isEqualTo(before + 2);
        assertThat(read(buffer.host(), Mapping.PRIVATE)).isEqualTo(Loaded.DATA);
        inMap.map(bed, DmaOperation.COMMON_BUFFER.ordinal(), buffer.host(), SMALL, true);
        inMap.unmapAll(bed);
        assertThat(key()).isEqualTo(before + 3);
        assertThat(read(buffer.host(), Mapping.PRIVATE)).isEqualTo(Loaded.DATA);
        assertThat(inMap.freeBuffer(bed, 1, buffer.host())).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(inMap.freeBuffer(bed, 1, buffer.host())).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
    }

    @Test
    void whatTheDriverRemembersInPoolChangesTheMapWhenItsPageComesAndGoes() {
        begin(false);
        IoMmuProtocol inPool = with(Stash.IN_ALLOCATE_BUFFER, MapInfos.IN_POOL);
        Buffer first = inPool.allocateBuffer(bed, DATA, 1, 0, true);
        Buffer second = inPool.allocateBuffer(bed, DATA, 1, 0, true);
        long before = key();
        int one = inPool.map(bed, DmaOperation.COMMON_BUFFER.ordinal(), first.host(), SMALL, true).mapping();
        assertThat(key()).as("a page of pool").isEqualTo(before + 1);
        int two = inPool.map(bed, DmaOperation.COMMON_BUFFER.ordinal(), second.host(), SMALL, true).mapping();
        assertThat(key()).as("a block of the same page").isEqualTo(before + 1);
        inPool.unmap(bed, one);
        assertThat(key()).as("the page has a block in use").isEqualTo(before + 1);
        inPool.unmap(bed, two);
        assertThat(key()).as("the page goes back").isEqualTo(before + 2);
        assertThat(inPool.map(bed, 6, first.host(), SMALL, true))
                .isEqualTo(Mapped.failed(EfiStatus.EFI_INVALID_PARAMETER, 0));
        assertThat(key()).as("also where Map then fails").isEqualTo(before + 4);
        inPool.map(bed, DmaOperation.COMMON_BUFFER.ordinal(), first.host(), SMALL, true);
        inPool.unmapAll(bed);
        assertThat(key()).as("nothing is freed at the end of boot services").isEqualTo(before + 5);
    }
}
