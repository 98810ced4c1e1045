package org.ringfence.stack.guest.uefi.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
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
import org.ringfence.stack.guest.uefi.memory.BootOperation.Becomes;
import org.ringfence.stack.guest.uefi.memory.BootOperation.Fact;
import org.ringfence.stack.guest.uefi.memory.BootOperation.IsSo;
import org.ringfence.stack.guest.uefi.memory.ExitBootServices.NoHook;
import org.ringfence.stack.guest.uefi.memory.FirmwareMemory.Range;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AddMemory;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AllocatePages;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.Allocated;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.GetMemoryMap;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.Told;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.Where;

/** The vectors X8 to X16, and what the DXE core's allocator does beside them. */
class MemoryVectorsTest {
    private static final EfiMemoryType DATA = EfiMemoryType.BOOT_SERVICES_DATA;
    private static final int PAGES = 64;

    private final FirmwareBed bed = FirmwareBed.of(1, declaration -> Machine.of(
            Events.declare(declaration, 8, false),
            FirmwareMemory.declare(declaration, new Geometry(PAGES, 1, 1)),
            BootState.declare(declaration)));
    private final List<String> ran = new ArrayList<>();
    private EventServices events = new EventServices(Order.EDK2, List.of());

    private MemoryServices memory() {
        return new MemoryServices(events);
    }

    private void add(int page, int pages, EfiMemoryType type) {
        memory().add(bed, new AddMemory(page, pages, type));
    }

    private void notifying(Notification... functions) {
        events = new EventServices(Order.EDK2, List.of(functions));
    }

    private void member(EventGroup group, int function) {
        events.createEvent(bed, EventType.NOTIFY_SIGNAL, Tpl.CALLBACK, function, group);
    }

    private Notification logs(String name) {
        return (cpu, services, event) -> ran.add(name);
    }

    private long key() {
        return bed.ask(GetMemoryMap.whole()).key();
    }

    private EfiStatus exit(long key) {
        return bed.call(new ExitBootServices(events, key, NoHook.NONE));
    }

    private boolean is(Fact fact) {
        return bed.ask(new IsSo(fact));
    }

    private Allocated allocate(Where where, long type, int pages, long address) {
        return memory().allocate(bed, new AllocatePages(where, type, pages, address));
    }

    @Test
    void x8AndX9AChangeOfTheMapFailsTheFirstCallAndTheRetryWorksWithoutTheGroupBefore() {
        notifying(logs("before"), logs("failed"), logs("exit"));
        member(EventGroup.BEFORE_EXIT_BOOT_SERVICES, 1);
        member(EventGroup.EXIT_BOOT_SERVICES_FAILED, 2);
        member(EventGroup.EXIT_BOOT_SERVICES, 3);
        add(0, PAGES, EfiMemoryType.CONVENTIONAL);
        long stale = key();
        memory().allocate(bed, AllocatePages.any(DATA, 1));
        assertThat(exit(stale)).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        assertThat(ran).containsExactly("before", "failed");
        assertThat(is(Fact.TIMER_STOPPED)).isTrue();
        assertThat(is(Fact.SERVICES_GONE)).isFalse();
        assertThat(exit(key())).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(ran).containsExactly("before", "failed", "exit");
        assertThat(is(Fact.SERVICES_GONE)).isTrue();
    }

    @Test
    void x10OnSnpAnUnawareLoaderFailsOnceAndGetsAllMemory() {
        List<String> accepted = new ArrayList<>();
        record Accepts(List<String> into) implements AcceptMemory {
            @Override
            public void accept(Cpu cpu, long gpa, long size) {
                into.add("0x%X+0x%X".formatted(gpa, size));
            }
        }
        notifying(new AcceptAllMemory(new Accepts(accepted)));
        member(EventGroup.BEFORE_EXIT_BOOT_SERVICES, 1);
        add(0, 32, EfiMemoryType.CONVENTIONAL);
        add(40, 8, EfiMemoryType.UNACCEPTED);
        assertThat(exit(key())).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        assertThat(accepted).containsExactly("0x28000+0x8000");
        assertThat(ranges()).containsExactly(
                new Range(0, 32, EfiMemoryType.CONVENTIONAL), new Range(40, 8, EfiMemoryType.CONVENTIONAL));
        assertThat(exit(key())).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(accepted).hasSize(1);
    }

    @Test
    void onSnpALoaderThatAcceptsMemoryItselfSwitchesThatOff() {
        notifying(new AcceptAllMemory(AcceptNothing.NOTHING));
        member(EventGroup.BEFORE_EXIT_BOOT_SERVICES, 1);
        add(0, 32, EfiMemoryType.CONVENTIONAL);
        add(40, 8, EfiMemoryType.UNACCEPTED);
        bed.ask(new Becomes(Fact.ALLOWS_UNACCEPTED));
        assertThat(exit(key())).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(ranges()).contains(new Range(40, 8, EfiMemoryType.UNACCEPTED));
    }

    @Test
    void x12OnTdxNobodyAcceptsAndTheFirstCallSucceeds() {
        add(0, 32, EfiMemoryType.CONVENTIONAL);
        add(40, 8, EfiMemoryType.UNACCEPTED);
        assertThat(exit(key())).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(ranges()).contains(new Range(40, 8, EfiMemoryType.UNACCEPTED));
    }

    @Test
    void x13NothingIsAcceptedOnDemand() {
        add(1, 32, EfiMemoryType.UNACCEPTED);
        assertThat(memory().allocate(bed, AllocatePages.any(DATA, 1)).status())
                .isEqualTo(EfiStatus.EFI_OUT_OF_RESOURCES);
    }

    @Test
    void x15GetMemoryMapTellsItsSizeAndTheKeyInAnyCase() {
        add(0, 32, EfiMemoryType.CONVENTIONAL);
        add(40, 8, EfiMemoryType.RESERVED);
        Told small = bed.ask(new GetMemoryMap(0, true));
        assertThat(small).isEqualTo(new Told(EfiStatus.EFI_BUFFER_TOO_SMALL, 2, 2));
        assertThat(small.size()).isEqualTo(2 * 48);
        assertThat(bed.ask(new GetMemoryMap(96, false)).status()).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        assertThat(bed.ask(new GetMemoryMap(96, true))).isEqualTo(new Told(EfiStatus.EFI_SUCCESS, 2, 2));
    }

    @Test
    void x16AHandlerThatAllocatesIsNotStoppedAndTheMapIsStale() {
        notifying((cpu, services, event) -> ran.add(
                new MemoryServices(services).allocate(cpu, AllocatePages.any(EfiMemoryType.RUNTIME_SERVICES_DATA, 1))
                        .status().name()));
        member(EventGroup.EXIT_BOOT_SERVICES, 1);
        add(0, 32, EfiMemoryType.CONVENTIONAL);
        long taken = key();
        assertThat(exit(taken)).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(ran).containsExactly("EFI_SUCCESS");
        assertThat(key()).isEqualTo(taken + 1);
    }

    @Test
    void aboveTplNotifyTheLockOfTheMemoryServicesEndsTheFirmware() {
        add(0, 32, EfiMemoryType.CONVENTIONAL);
        events.raise(bed, Tpl.HIGH_LEVEL);
        assertThatExceptionOfType(Panic.class)
                .isThrownBy(() -> memory().allocate(bed, AllocatePages.any(DATA, 1)))
                .withMessageContaining("OldTpl(0x1f) > NewTpl(0x10)");
    }

    @Test
    void aChangeOfTheMapNotifiesItsGroupOnceTheLockIsReleased() {
        notifying((cpu, services, event) -> ran.add("at %d".formatted(services.raise(cpu, Tpl.CALLBACK))));
        member(EventGroup.MEMORY_MAP_CHANGE, 1);
        add(0, 32, EfiMemoryType.CONVENTIONAL);
        assertThat(ran).containsExactly("at 8");
    }

    @Test
    void allocationsComeFromTheTopAndTouchingRangesOfOneTypeAreOne() {
        add(0, 32, EfiMemoryType.CONVENTIONAL);
        assertThat(memory().allocate(bed, AllocatePages.any(DATA, 2)).address()).isEqualTo(0x1E000);
        assertThat(memory().allocate(bed, AllocatePages.any(DATA, 1)).address()).isEqualTo(0x1D000);
        assertThat(memory().allocate(bed, AllocatePages.below(DATA, 1, 0xFFFF)).address()).isEqualTo(0xF000);
        assertThat(ranges()).containsExactly(
                new Range(0, 15, EfiMemoryType.CONVENTIONAL), new Range(15, 1, DATA),
                new Range(16, 13, EfiMemoryType.CONVENTIONAL), new Range(29, 3, DATA));
    }

    @Test
    void whatAllocatePagesRefuses() {
        add(0, 32, EfiMemoryType.CONVENTIONAL);
        for (long type : List.of(7L, 14L, 15L, 16L, 0x6FFF_FFFFL)) {
            assertThat(allocate(Where.ANY_PAGES, type, 1, 0).status()).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        }
        assertThat(allocate(Where.ANY_PAGES, 0x7000_0000L, 1, 0).status()).isEqualTo(EfiStatus.EFI_SUCCESS);
        for (long address : List.of(0L, 0x1001L, 0x1F000L, 0x40_0000L)) {
            assertThat(allocate(Where.ADDRESS, DATA.ordinal(), 1, address).status())
                    .as("at 0x%X", address).isEqualTo(EfiStatus.EFI_NOT_FOUND);
        }
        assertThat(allocate(Where.ADDRESS, DATA.ordinal(), 0, 0x1000).status()).isEqualTo(EfiStatus.EFI_NOT_FOUND);
        assertThat(allocate(Where.ANY_PAGES, DATA.ordinal(), 32, 0).status())
                .as("page 0 is never given").isEqualTo(EfiStatus.EFI_OUT_OF_RESOURCES);
    }

    @Test
    void eachRangeThatIsFreedBumpsTheKeyAndAFailureComesAfterWhatWasFreed() {
        add(0, 32, EfiMemoryType.CONVENTIONAL);
        allocate(Where.ADDRESS, DATA.ordinal(), 1, 0x2000);
        allocate(Where.ADDRESS, EfiMemoryType.LOADER_DATA.ordinal(), 1, 0x3000);
        long before = key();
        assertThat(memory().free(bed, 0x2000, 3)).isEqualTo(EfiStatus.EFI_NOT_FOUND);
        assertThat(key()).isEqualTo(before + 2);
        assertThat(ranges()).containsExactly(new Range(0, 32, EfiMemoryType.CONVENTIONAL));
        assertThat(memory().free(bed, 0x2001, 1)).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        assertThat(memory().free(bed, 0x2000, 1)).isEqualTo(EfiStatus.EFI_NOT_FOUND);
    }

    private List<Range> ranges() {
        return bed.part(FirmwareMemory.class).ranges(bed.state());
    }
}
