package org.ringfence.stack.guest.uefi.dma;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.sev.NestedGuest;
import org.ringfence.machine.sev.Sev;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.FirmwareBed;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.Insert;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.Newest;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.ReadPurpose;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol.Buffer;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol.Mapped;
import org.ringfence.stack.guest.uefi.event.EventServices;
import org.ringfence.stack.guest.uefi.event.Events;
import org.ringfence.stack.guest.uefi.event.Order;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;
import org.ringfence.stack.guest.uefi.memory.FirmwareMemory;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AddMemory;
import org.ringfence.stack.guest.uefi.memory.MemoryServices;

/**
 * PciIo over a root bridge, with OVMF's IOMMU driver and without one. Source: edk2,
 * MdeModulePkg/Bus/Pci/PciBusDxe/PciIo.c, MdeModulePkg/Bus/Pci/PciHostBridgeDxe/PciRootBridgeIo.c.
 */
class PciIoVectorsTest {
    private static final int AT_4G = 1 << 20;
    private static final int PAGES = AT_4G + 16;
    private static final int SMALL = (int) Geometry.SMALL;
    private static final long FOUR_GIB = 1L << 32;
    private static final int DATA = EfiMemoryType.BOOT_SERVICES_DATA.ordinal();
    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int COMMON = 2;

    private final FirmwareBed bed = bed();
    private final MemoryServices memory = new MemoryServices(new EventServices(Order.EDK2, List.of()));

    private static FirmwareBed bed() {
        Geometry geometry = new Geometry(PAGES, PAGES, 1);
        FirmwareBed bed = FirmwareBed.of(PAGES, declaration -> {
            Cpus cpus = Cpus.declare(declaration, 1, 1);
            return Machine.of(
                    cpus,
                    Memory.declare(declaration, geometry, NestedGuest.GUEST_KEY),
                    Sev.declare(declaration, geometry, cpus, 0, Optional.empty()),
                    Ledger.declare(declaration, PAGES),
                    Events.declare(declaration, 1, false),
                    FirmwareMemory.declare(declaration, geometry),
                    IoMmu.declare(declaration, geometry, 4, 4, 0, false));
        });
        Sev sev = bed.part(Sev.class);
        for (int page = AT_4G - 32; page < PAGES; page++) {
            sev.npt().map(bed.state(), page, page, Level.SIZE_4K);
        }
        return bed;
    }

    /** 16 pages on each side of 4 GiB. */
    private void begin() {
        memory.add(bed, new AddMemory(AT_4G - 16, 32, EfiMemoryType.CONVENTIONAL));
    }

    private RootBridge bridge(boolean hasIoMmu, boolean dmaAbove4G) {
        Protection on = hasIoMmu ? Protection.SEV : Protection.NATIVE;
        return new RootBridge(
                hasIoMmu, new IoMmuProtocol(on, memory, IoMmuChoices.EDK2, PoolLayout.none()), dmaAbove4G);
    }

    private PciIo pci(boolean hasIoMmu, boolean dmaAbove4G, boolean dualAddressCycle) {
        return PciIo.edk2(bridge(hasIoMmu, dmaAbove4G), dualAddressCycle);
    }

    private DmaOperation asked() {
        return bed.asked().stream()
                .filter(Insert.class::isInstance)
                .map(one -> ((Insert) one).operation())
                .findFirst()
                .orElseThrow();
    }

    private static Mapped invalid(int bytes) {
        return Mapped.failed(EfiStatus.EFI_INVALID_PARAMETER, bytes);
    }

    // ---- Map

    @ParameterizedTest
    @CsvSource({
        "0, false, true, READ", "1, false, true, WRITE", "0, true, true, READ64", "1, true, true, WRITE64",
        "0, true, false, READ", "1, true, false, WRITE"
    })
    void theAttributeOfTheDeviceMakesIta64BitFormAndTheBridgeUndoesIt(
            int operation, boolean dualAddressCycle, boolean dmaAbove4G, DmaOperation handed) {
        begin();
        Mapped mapped = pci(true, dmaAbove4G, dualAddressCycle).map(bed, operation, FOUR_GIB, SMALL, true);
        assertThat(mapped.status()).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(asked()).isEqualTo(handed);
        assertThat(mapped.device() >= FOUR_GIB).as("a bounce buffer above 4 GiB").isEqualTo(handed.is64());
    }

    @ParameterizedTest
    @CsvSource({"false, true", "true, true", "false, false", "true, false"})
    void aCommonBufferLiesWhereItsMappingReaches(boolean dualAddressCycle, boolean dmaAbove4G) {
        begin();
        PciIo pci = pci(true, dmaAbove4G, dualAddressCycle);
        Buffer buffer = pci.allocateBuffer(bed, DATA, 1, 0, true);
        boolean above = dualAddressCycle && dmaAbove4G;
        assertThat(buffer.host() >= FOUR_GIB).isEqualTo(above);
        assertThat(pci.map(bed, COMMON, buffer.host(), SMALL, true).status())
                .isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(asked()).isEqualTo(above ? DmaOperation.COMMON_BUFFER64 : DmaOperation.COMMON_BUFFER);
    }

    @Test
    void aCommonBufferAbove4GiBIsNotFor32BitForms() {
        begin();
        Buffer buffer = pci(true, true, true).allocateBuffer(bed, DATA, 1, 0, true);
        assertThat(pci(true, true, false).map(bed, COMMON, buffer.host(), SMALL, true))
                .as("the IOMMU driver's answer: no bytes").isEqualTo(Mapped.failed(EfiStatus.EFI_UNSUPPORTED, 0));
        assertThat(pci(true, false, true).map(bed, COMMON, buffer.host(), SMALL, true))
                .isEqualTo(Mapped.failed(EfiStatus.EFI_UNSUPPORTED, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, -1})
    void pciIoHasNo64BitFormsOfItsOwn(int operation) {
        assertThat(pci(true, true, false).map(bed, operation, 0x1000, 7, true)).isEqualTo(invalid(7));
        assertThat(pci(false, true, false).map(bed, operation, 0x1000, 7, true)).isEqualTo(invalid(7));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsWrongForTheBridgeLeavesTheBytesAlone(boolean hasIoMmu) {
        RootBridge bridge = bridge(hasIoMmu, true);
        assertThat(bridge.map(bed, 6, 0x1000, 7, true)).isEqualTo(invalid(7));
        assertThat(bridge.map(bed, READ, 0x1000, 7, false)).isEqualTo(invalid(7));
        assertThat(PciIo.edk2(bridge, false).map(bed, READ, 0x1000, 7, false)).isEqualTo(invalid(7));
        assertThat(bed.asked()).isEmpty();
    }

    @Test
    void theIoMmuDriverItselfTakesTheBytesAwayForAnUnknownOperation() {
        assertThat(bridge(true, true).protocol().map(bed, 6, 0x1000, 7, true)).isEqualTo(invalid(0));
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, false", "0, true", "1, true"})
    void theAccessThatIsAskedForFitsAlsoThe64BitForms(int operation, boolean dualAddressCycle) {
        begin();
        Mapped mapped = pci(true, true, dualAddressCycle).map(bed, operation, FOUR_GIB, SMALL, true);
        assertThat(mapped.status()).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(bed.asked()).contains(new ReadPurpose(mapped.mapping()));
    }

    // ---- the quirk: SetAttribute fails

    private RootBridge olderIoMmu() {
        IoMmuChoices older = new IoMmuChoices(
                true, true, true, false, Stash.IN_ALLOCATE_BUFFER, false, MapInfos.RECYCLED, false);
        return new RootBridge(true, new IoMmuProtocol(Protection.SEV, memory, older, PoolLayout.none()), true);
    }

    @Test
    void whereSetAttributeFailsTheErrorComesWithAMappingThatIsLive() {
        begin();
        Mapped mapped = PciIo.edk2(olderIoMmu(), false).map(bed, WRITE, FOUR_GIB, SMALL, true);
        assertThat(mapped.status()).isEqualTo(EfiStatus.EFI_UNSUPPORTED);
        assertThat(mapped.mapping()).isEqualTo(1);
        assertThat(mapped.device()).isNotZero();
        assertThat(bed.ask(new Newest())).isEqualTo(1);
    }

    @Test
    void aPciIoThatUndoesItLeavesNone() {
        begin();
        Mapped mapped = new PciIo(olderIoMmu(), false, true).map(bed, WRITE, FOUR_GIB, SMALL, true);
        assertThat(mapped.status()).isEqualTo(EfiStatus.EFI_UNSUPPORTED);
        assertThat(bed.ask(new Newest())).isZero();
    }

    @Test
    void unmapDoesNotMindThatSetAttributeFails() {
        begin();
        PciIo pci = PciIo.edk2(olderIoMmu(), false);
        int mapping = pci.map(bed, WRITE, FOUR_GIB, SMALL, true).mapping();
        assertThat(pci.unmap(bed, mapping)).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(bed.ask(new Newest())).isZero();
        assertThat(pci.unmap(bed, 0)).as("NULL").isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
    }

    // ---- without an IOMMU driver

    @ParameterizedTest
    @CsvSource({
        // Host address from 4 GiB, bytes, attribute, bridge: whether it is mapped as it is.
        "-4096, 4096, false, true, true", "-4096, 4096, false, false, true", "-4096, 4097, false, true, false",
        "0, 1, false, true, false", "0, 1, true, true, true", "0, 1, true, false, false",
        "-4096, 4097, true, true, true"
    })
    void withoutAnIoMmuMemoryIsMappedAsItIsUnlessItEndsTooHigh(
            long from, int bytes, boolean dualAddressCycle, boolean dmaAbove4G, boolean asItIs) {
        begin();
        PciIo pci = pci(false, dmaAbove4G, dualAddressCycle);
        long host = FOUR_GIB + from;
        Mapped mapped = pci.map(bed, READ, host, bytes, true);
        assertThat(mapped.status()).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(mapped.bytes()).isEqualTo(bytes);
        if (asItIs) {
            assertThat(mapped.device()).isEqualTo(host);
            assertThat(mapped.mapping()).isEqualTo(RootBridge.NO_MAPPING);
        } else {
            assertThat(mapped.device() + bytes).isLessThanOrEqualTo(FOUR_GIB);
            assertThat(mapped.mapping()).isEqualTo(1);
        }
        assertThat(pci.unmap(bed, mapped.mapping())).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(pci.map(bed, COMMON, host, bytes, true))
                .isEqualTo(asItIs ? mapped : Mapped.failed(EfiStatus.EFI_UNSUPPORTED, bytes));
    }

    @Test
    void withoutAnIoMmuAReadIsCopiedAtMapAndAWriteAtUnmap() {
        begin();
        PciIo pci = pci(false, true, false);
        bed.ask(new Store(FOUR_GIB, Value.DATA));
        Mapped read = pci.map(bed, READ, FOUR_GIB, SMALL, true);
        assertThat(load(read.device())).isEqualTo(Loaded.DATA);
        bed.ask(new Store(read.device(), Value.NEWER));
        pci.unmap(bed, read.mapping());
        assertThat(load(FOUR_GIB)).isEqualTo(Loaded.DATA);
        Mapped write = pci.map(bed, WRITE, FOUR_GIB, SMALL, true);
        bed.ask(new Store(write.device(), Value.NEWER));
        pci.unmap(bed, write.mapping());
        assertThat(load(FOUR_GIB)).isEqualTo(Loaded.NEWER);
        FirmwareMemory map = bed.part(FirmwareMemory.class);
        assertThat(map.typeOf(bed.state(), (int) (write.device() / SMALL))).isEqualTo(EfiMemoryType.CONVENTIONAL);
    }

    private Loaded load(long gpa) {
        return bed.ask(new Load(gpa, Mapping.PRIVATE));
    }

    @Test
    void withoutAnIoMmuTheBridgeLooksWhetherThereIsSuchAMapping() {
        assertThat(pci(false, true, false).unmap(bed, RootBridge.NO_MAPPING)).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(pci(false, true, false).unmap(bed, 1)).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
    }

    @Test
    void withoutAnIoMmuABounceBufferThatCannotBeHadTakesTheBytesAway() {
        memory.add(bed, new AddMemory(AT_4G, 4, EfiMemoryType.CONVENTIONAL));
        assertThat(pci(false, true, false).map(bed, READ, FOUR_GIB, SMALL, true))
                .isEqualTo(Mapped.failed(EfiStatus.EFI_OUT_OF_RESOURCES, 0));
    }

    // ---- AllocateBuffer and FreeBuffer

    @ParameterizedTest
    @CsvSource({
        "0x0, EFI_SUCCESS", "0x80, EFI_SUCCESS", "0x800, EFI_SUCCESS", "0x880, EFI_SUCCESS",
        "0x8000, EFI_UNSUPPORTED", "0x8080, EFI_UNSUPPORTED", "0x1, EFI_UNSUPPORTED", "0x1000, EFI_UNSUPPORTED"
    })
    void whichAttributesADriverMayAskFor(String attributes, EfiStatus status) {
        begin();
        assertThat(pci(true, true, true).allocateBuffer(bed, DATA, 1, Long.decode(attributes), true).status())
                .isEqualTo(status);
        assertThat(pci(false, true, true).allocateBuffer(bed, DATA, 1, Long.decode(attributes), true).status())
                .isEqualTo(status);
    }

    @Test
    void theBridgeAllowsTheAttributeThatPciIoRefuses() {
        begin();
        assertThat(bridge(true, true).allocateBuffer(bed, DATA, 1, 0x8000, true).host())
                .isGreaterThanOrEqualTo(FOUR_GIB);
        assertThat(bridge(true, false).allocateBuffer(bed, DATA, 1, 0x8000, true).host()).isLessThan(FOUR_GIB);
        assertThat(bridge(false, true).allocateBuffer(bed, DATA, 1, 0x8000, true).host())
                .isGreaterThanOrEqualTo(FOUR_GIB);
        assertThat(bridge(false, false).allocateBuffer(bed, DATA, 1, 0x8000, true).host()).isLessThan(FOUR_GIB);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void attributesAreLookedAtFirst(boolean hasIoMmu) {
        int loader = EfiMemoryType.LOADER_DATA.ordinal();
        for (EfiStatus status : List.of(
                pci(hasIoMmu, true, false).allocateBuffer(bed, loader, 1, 0x1, false).status(),
                bridge(hasIoMmu, true).allocateBuffer(bed, loader, 1, 0x1, false).status())) {
            assertThat(status).isEqualTo(EfiStatus.EFI_UNSUPPORTED);
        }
        assertThat(pci(hasIoMmu, true, false).allocateBuffer(bed, DATA, 1, 0, false).status())
                .isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        assertThat(pci(hasIoMmu, true, false).allocateBuffer(bed, loader, 1, 0, true).status())
                .isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        assertThat(pci(hasIoMmu, true, false).allocateBuffer(bed, DATA, 1, 0, true).status())
                .as("there is no memory").isEqualTo(EfiStatus.EFI_OUT_OF_RESOURCES);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void freeBufferOfWhatIsNone(boolean hasIoMmu) {
        begin();
        PciIo pci = pci(hasIoMmu, true, false);
        long host = pci.allocateBuffer(bed, DATA, 1, 0, true).host();
        assertThat(pci.freeBuffer(bed, 1, host)).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(pci.freeBuffer(bed, 1, host))
                .isEqualTo(hasIoMmu ? EfiStatus.EFI_INVALID_PARAMETER : EfiStatus.EFI_NOT_FOUND);
    }
}
