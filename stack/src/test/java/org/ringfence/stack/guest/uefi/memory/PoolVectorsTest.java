package org.ringfence.stack.guest.uefi.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Panic;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.FirmwareBed;
import org.ringfence.stack.guest.uefi.event.EventGroup;
import org.ringfence.stack.guest.uefi.event.EventServices;
import org.ringfence.stack.guest.uefi.event.EventType;
import org.ringfence.stack.guest.uefi.event.Events;
import org.ringfence.stack.guest.uefi.event.Notification;
import org.ringfence.stack.guest.uefi.event.Order;
import org.ringfence.stack.guest.uefi.event.Tpl;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AddMemory;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AllocatePages;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.Allocated;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.GetMemoryMap;

/** AllocatePool and FreePool. Source: edk2, MdeModulePkg/Core/Dxe/Mem/Pool.c. */
class PoolVectorsTest {
    private static final int DATA = EfiMemoryType.BOOT_SERVICES_DATA.ordinal();
    private static final int LOADER = EfiMemoryType.LOADER_DATA.ordinal();
    private static final int PAGES = 32;
    private static final long TOP = (PAGES - 1) * Geometry.SMALL;

    private final FirmwareBed bed = FirmwareBed.of(1, declaration -> {
        Geometry geometry = new Geometry(PAGES, 1, 1);
        return Machine.of(
                Events.declare(declaration, 4, false),
                FirmwareMemory.declare(declaration, geometry),
                FirmwarePool.declare(declaration, geometry, 24));
    });
    private final List<String> ran = new ArrayList<>();
    private EventServices events = new EventServices(Order.EDK2, List.of());

    private MemoryServices memory() {
        return new MemoryServices(events);
    }

    private void begin() {
        memory().add(bed, new AddMemory(0, PAGES, EfiMemoryType.CONVENTIONAL));
    }

    private long key() {
        return bed.ask(GetMemoryMap.whole()).key();
    }

    private Allocated allocate(long type, long bytes) {
        return memory().allocatePool(bed, type, bytes, true);
    }

    private long address(long type, long bytes) {
        Allocated allocated = allocate(type, bytes);
        assertThat(allocated.status()).isEqualTo(EfiStatus.EFI_SUCCESS);
        return allocated.address();
    }

    private EfiMemoryType typeOf(int page) {
        return bed.part(FirmwareMemory.class).typeOf(bed.state(), page);
    }

    /** Header and tail are 40 bytes; requests are rounded up to 8. */
    @ParameterizedTest
    @CsvSource({
        "0, 128", "1, 128", "88, 128", "89, 256", "216, 256", "217, 384", "344, 384", "345, 640", "600, 640",
        "601, 1024", "984, 1024", "985, 1664", "1624, 1664", "1625, 2688", "2648, 2688"
    })
    void aRequestTakesTheSmallestBlockThatHoldsItWithHeaderAndTail(long bytes, int block) {
        assertThat(PoolBins.size(PoolBins.of(PoolBins.gross(bytes)))).isEqualTo(block);
        begin();
        long first = address(DATA, bytes);
        assertThat(first).isEqualTo(TOP + 24);
        assertThat(memory().freePool(bed, first)).isEqualTo(EfiStatus.EFI_SUCCESS);
    }

    @ParameterizedTest
    @CsvSource({"2649, 1", "4056, 1", "4057, 2", "8152, 2", "8153, 3"})
    void whatFitsNoBlockGetsPagesOfItsOwn(long bytes, int pages) {
        begin();
        long before = key();
        long first = address(DATA, bytes);
        assertThat(first).isEqualTo((PAGES - pages) * Geometry.SMALL + 24);
        assertThat(key()).isEqualTo(before + 1);
        assertThat(memory().freePool(bed, first)).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(key()).isEqualTo(before + 2);
        assertThat(typeOf(PAGES - pages)).isEqualTo(EfiMemoryType.CONVENTIONAL);
    }

    @Test
    void aPageIsCutFromItsHeadIntoTheLargestBlocksFirst() {
        begin();
        assertThat(address(DATA, 1)).isEqualTo(TOP + 24);
        assertThat(address(DATA, 2648)).as("2,688 bytes from offset 128").isEqualTo(TOP + 128 + 24);
        assertThat(address(DATA, 984)).as("then 1,024").isEqualTo(TOP + 2816 + 24);
        assertThat(address(DATA, 216)).as("then 256").isEqualTo(TOP + 3840 + 24);
        long before = key();
        assertThat(address(DATA, 1)).as("another page").isEqualTo(TOP - 0x1000 + 24);
        assertThat(key()).isEqualTo(before + 1);
    }

    @Test
    void whereItsListIsEmptyTheNextLargerBlockIsCut() {
        begin();
        address(DATA, 1);
        assertThat(address(DATA, 300)).as("384 of the 1,024 bytes").isEqualTo(TOP + 2816 + 24);
        assertThat(address(DATA, 600)).as("the 640 bytes that were left").isEqualTo(TOP + 2816 + 384 + 24);
    }

    @Test
    void theKeyOfTheMapChangesOnlyWhenThePoolGetsOrGivesBackPages() {
        begin();
        long first = address(DATA, 1);
        long before = key();
        long second = address(DATA, 100);
        assertThat(memory().freePool(bed, first)).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(key()).as("served from pages that the pool has").isEqualTo(before);
        assertThat(memory().freePool(bed, second)).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(key()).as("the page goes back when all its blocks are free").isEqualTo(before + 1);
        assertThat(typeOf(PAGES - 1)).isEqualTo(EfiMemoryType.CONVENTIONAL);
    }

    @Test
    void theBlockThatWasFreedLastIsGivenFirst() {
        begin();
        long first = address(DATA, 200);
        long second = address(DATA, 200);
        address(DATA, 1);
        memory().freePool(bed, first);
        memory().freePool(bed, second);
        assertThat(address(DATA, 200)).isEqualTo(second);
        assertThat(address(DATA, 200)).isEqualTo(first);
    }

    @Test
    void eachTypeHasPagesOfItsOwn() {
        begin();
        assertThat(address(DATA, 1)).isEqualTo(TOP + 24);
        assertThat(address(LOADER, 1)).isEqualTo(TOP - 0x1000 + 24);
        assertThat(typeOf(PAGES - 2)).isEqualTo(EfiMemoryType.LOADER_DATA);
    }

    @Test
    void whatAllocatePoolRefuses() {
        begin();
        for (long type : List.of(7L, 14L, 15L, 16L, 0x6FFF_FFFFL)) {
            assertThat(allocate(type, 8).status()).as("type %d", type).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        }
        assertThat(memory().allocatePool(bed, DATA, 8, false).status()).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        assertThat(allocate(DATA, -1).status()).isEqualTo(EfiStatus.EFI_OUT_OF_RESOURCES);
        assertThat(allocate(DATA, PoolBins.MAX_POOL_SIZE + 1).status()).isEqualTo(EfiStatus.EFI_OUT_OF_RESOURCES);
        assertThat(allocate(DATA, 1L << 40).status()).isEqualTo(EfiStatus.EFI_OUT_OF_RESOURCES);
        assertThat(allocate(DATA, PAGES * Geometry.SMALL).status()).isEqualTo(EfiStatus.EFI_OUT_OF_RESOURCES);
    }

    @Test
    void theLargestSizeThatIsAllowedWrapsAndGetsTheSmallestBlock() {
        begin();
        assertThat(PoolBins.gross(PoolBins.MAX_POOL_SIZE)).isZero();
        assertThat(address(DATA, PoolBins.MAX_POOL_SIZE)).isEqualTo(TOP + 24);
        assertThat(address(DATA, 2648)).isEqualTo(TOP + 128 + 24);
    }

    @Test
    void whatFreePoolRefuses() {
        begin();
        long first = address(DATA, 1);
        address(DATA, 200);
        assertThat(memory().freePool(bed, 0)).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        assertThat(memory().freePool(bed, first + 8)).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        assertThat(memory().freePool(bed, first)).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(memory().freePool(bed, first)).as("a free block").isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
    }

    @Test
    void aboveTplNotifyItsLockEndsTheFirmware() {
        begin();
        long first = address(DATA, 1);
        assertThat(events.raise(bed, Tpl.NOTIFY)).isEqualTo(Tpl.APPLICATION);
        assertThat(address(DATA, 1)).as("at TPL_NOTIFY it works").isNotZero();
        events.raise(bed, Tpl.HIGH_LEVEL);
        assertThatExceptionOfType(Panic.class).isThrownBy(() -> allocate(DATA, 1))
                .withMessageContaining("OldTpl(0x1f) > NewTpl(0x10)");
        assertThatExceptionOfType(Panic.class).isThrownBy(() -> memory().freePool(bed, first))
                .withMessageContaining("OldTpl(0x1f) > NewTpl(0x10)");
    }

    @Test
    void whoWaitsForAChangeOfTheMapIsNotifiedWhenThePoolIsWhole() {
        Notification allocates = (cpu, services, event) -> ran.add(
                "0x%X".formatted(new MemoryServices(services).allocatePool(cpu, DATA, 2648, true).address()));
        events = new EventServices(Order.EDK2, List.of(allocates));
        begin();
        events.createEvent(bed, EventType.NOTIFY_SIGNAL, Tpl.CALLBACK, 1, EventGroup.MEMORY_MAP_CHANGE);
        address(DATA, 1);
        assertThat(ran).as("of the page that has just been cut").containsExactly("0x%X".formatted(TOP + 128 + 24));
    }

    @Test
    void aPoolWithoutPagesLeftIsOutOfResources() {
        memory().add(bed, new AddMemory(1, 1, EfiMemoryType.CONVENTIONAL));
        assertThat(memory().allocate(bed, AllocatePages.any(EfiMemoryType.LOADER_DATA, 1)).address()).isNotZero();
        assertThat(allocate(DATA, 1)).isEqualTo(new Allocated(EfiStatus.EFI_OUT_OF_RESOURCES, 0));
    }
}
