package org.ringfence.stack.guest.svsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.stack.guest.svsm.CallOperation.AwaitAnswer;
import org.ringfence.stack.guest.svsm.CallOperation.PostCall;
import org.ringfence.stack.guest.svsm.RegistryOperation.WriteVmsa;
import org.ringfence.stack.guest.svsm.SvsmRequest.Entries;
import org.ringfence.stack.guest.svsm.SvsmRequest.Registers;

/** The vectors of core-vectors.csv: what a call answers, and what it leaves of the memory's state. */
class CoreProtocolTest {
    private static final Actor MONITOR = new Actor(0, Principal.GUEST, "monitor");
    private static final Actor INNER = new Actor(1, Principal.INNER_GUEST, "l2");
    private static final Geometry GEOMETRY = new Geometry(4, 4, 2);
    private static final int OWN = 3;

    /** As COCONUT-SVSM has it, but for the hole in the ISA range. */
    private static final CoreProtocol COCONUT = new CoreProtocol(
            GEOMETRY, OWN, CoreProtocol.Checks.ALL, true, 0, 0, false, CoreProtocol.Deleting.LOOK_UP_FIRST, true);

    record Row(
            String number, String pages, SvsmRequest request, String rax, int next, String vmpl2, String contents) {
        static Row of(String line) {
            String[] cell = Arrays.stream(line.split("\\|", -1)).map(String::strip).toArray(String[]::new);
            List<Long> list = cell[8].isEmpty()
                    ? List.of()
                    : Arrays.stream(cell[8].split(" ", -1)).map(Long::decode).toList();
            long rcx = Long.decode(cell[3]);
            SvsmRequest request = new SvsmRequest(
                    new Registers(
                            0, Integer.parseInt(cell[2]), rcx, Long.decode(cell[4]), Long.decode(cell[5])),
                    new Entries(rcx & -8, Integer.parseInt(cell[6]), Integer.parseInt(cell[7]), list));
            return new Row(
                    cell[0], cell[1], request, cell[9], Integer.parseInt(cell[10]), cell[11], cell[12]);
        }

        @Override
        public String toString() {
            return number;
        }
    }

    static Stream<Row> rows() throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(CoreProtocolTest.class.getResourceAsStream("core-vectors.csv")),
                StandardCharsets.UTF_8))) {
            return reader.lines().filter(line -> !line.startsWith("#")).map(Row::of).toList().stream();
        }
    }

    private record Bed(
            Machine machine, Snp snp, Memory memory, CallingArea area, RequestPages pages, State state) {
        static Bed of(List<SvsmRequest> requests) {
            RmpOptions options = RmpOptions.least().withVmpl(1).withVmpl(2).withVmpl(3).withVmsa();
            Layout.Placed<Machine> placed = Layout.of(
                    Layout.Storage.PACKED, GEOMETRY.frames(), GEOMETRY.smallPerLarge(), declaration -> {
                        Cpus cpus = Cpus.declare(declaration, 2, PageStateChange.KNOWN_ANSWERS);
                        Memory memory = Memory.declare(declaration, GEOMETRY, Snp.GUEST_KEY);
                        List<Registers> calls = requests.stream().map(SvsmRequest::registers).distinct().toList();
                        List<Entries> lists = requests.stream().map(SvsmRequest::list).distinct().toList();
                        return Machine.of(
                                cpus,
                                memory,
                                Snp.declare(declaration, GEOMETRY, options, cpus, 0),
                                CallingArea.declare(declaration, GEOMETRY, 1, calls),
                                RequestPages.declare(declaration, memory, lists),
                                CallLock.declare(declaration, 1));
                    });
            Machine machine = placed.machine();
            return new Bed(machine, machine.part(Snp.class), machine.part(Memory.class),
                    machine.part(CallingArea.class), machine.part(RequestPages.class), placed.layout().newState());
        }

        /**
         * V valid, I not valid, F valid and fit as a VMSA, W the half of a 2M page that is not valid, - not assigned.
         */
        void launch(String pages) {
            String[] kinds = pages.split(" ", -1);
            for (int page = 0; page < kinds.length; page++) {
                boolean head = page % 2 == 0;
                switch (kinds[page]) {
                    case "V", "I" -> snp.launch(state, page, page, Level.SIZE_4K, kinds[page].equals("V"));
                    case "F" -> {
                        snp.launch(state, page, page, Level.SIZE_4K, true);
                        new WriteVmsa(GEOMETRY.gpa(page), true).on(machine, INNER).take(state);
                    }
                    case "W" -> {
                        if (head) {
                            snp.launch(state, page, page, Level.SIZE_2M, false);
                        }
                    }
                    case "-" -> {
                        // stays the hypervisor's
                    }
                    default -> throw new IllegalArgumentException(kinds[page]);
                }
                memory.write(state, page, Value.DATA, Snp.GUEST_KEY);
            }
        }

        /** Puts a list where its call looks for it, as far as that is memory of the inner guest's. */
        void write(SvsmRequest request) {
            int page = GEOMETRY.page(request.list().gpa() & -Geometry.SMALL);
            if (request.registers().call() == SvsmRequest.PVALIDATE && page >= 0 && page < OWN) {
                pages.write(state, page, pages.indexOf(request.list()));
            }
        }

        SvsmResult call(SvsmRequest request, CoreProtocol protocol) {
            write(request);
            PostCall.of(0, request.registers()).on(machine, INNER).take(state);
            try {
                new DirectCpu(machine, MONITOR, state, many -> 0).call(new ServeCalls(protocol));
            } catch (DirectCpu.Waits idle) {
                assertThat(idle).hasMessage("await call");
            }
            return SvsmResult.values()[(int) new AwaitAnswer(0).on(machine, INNER).take(state)];
        }

        int next(SvsmRequest request) {
            return pages.next().get(state, GEOMETRY.page(request.list().gpa() & -Geometry.SMALL));
        }

        List<String> vmpl2() {
            List<String> found = new ArrayList<>();
            for (int page = 0; page < 4; page++) {
                found.add(
                        Integer.toHexString(snp.rmp().permissions(state, page, 2)).toUpperCase(java.util.Locale.ROOT));
            }
            return found;
        }

        List<String> contents(String expected) {
            List<String> found = new ArrayList<>();
            for (int page = 0; page < 4; page++) {
                boolean zero = memory.read(state, page, Snp.GUEST_KEY) == Value.ZERO.ordinal();
                found.add(expected.split(" ", -1)[page].equals("-") ? "-" : zero ? "Z" : "D");
            }
            return found;
        }
    }

    @ParameterizedTest(name = "vector {0}")
    @MethodSource("rows")
    void aCallAnswersAndLeavesWhatItsVectorSays(Row row) {
        Bed bed = Bed.of(List.of(row.request));
        bed.launch(row.pages);

        if (row.rax.equals("panic")) {
            assertThatExceptionOfType(Panic.class).isThrownBy(() -> bed.call(row.request, COCONUT))
                    .withMessageContaining("#VC 0x404");
        } else {
            SvsmResult result = bed.call(row.request, COCONUT);
            assertThat(result.rax()).as(result.toString()).isEqualTo(Long.decode(row.rax));
            if (row.request.registers().call() == SvsmRequest.PVALIDATE && row.request.registers().rcx() % 8 == 0) {
                assertThat(bed.next(row.request)).as("next").isEqualTo(row.next);
            }
        }
        assertThat(bed.vmpl2()).as("VMPL2").containsExactly(row.vmpl2.split(" ", -1));
        assertThat(bed.contents(row.contents)).as("contents").containsExactly(row.contents.split(" ", -1));
        for (int page = 0; page < 4; page++) {
            assertThat(bed.snp.rmp().permissions(bed.state, page, 1)).as("VMPL1").isZero();
            assertThat(bed.snp.rmp().permissions(bed.state, page, 3)).as("VMPL3").isZero();
        }
    }

    @Test
    void aProtocolThatIsNotTheCoresIsNotSupported() {
        SvsmRequest request = new SvsmRequest(new Registers(1, 0, 0, 0, 0), new Entries(0, 0, 0, List.of()));
        assertThat(Bed.of(List.of(request)).call(request, CoreProtocol.careful(GEOMETRY, OWN)).rax())
                .isEqualTo(0x8000_0001L);
    }

    @Test
    void aRegisteredPageCannotBeValidatedUntilItsVcpuIsDeleted() {
        SvsmRequest create = SvsmRequest.createVcpu(0x1000, 0, 0);
        SvsmRequest invalidate = SvsmRequest.pvalidate(0, SvsmRequest.entry(0x1000, false, false, false));
        SvsmRequest delete = SvsmRequest.of(SvsmRequest.DELETE_VCPU, 0x1000);
        Bed bed = Bed.of(List.of(create, invalidate, delete));
        bed.launch("V F - V");
        CoreProtocol protocol = CoreProtocol.careful(GEOMETRY, OWN);

        assertThat(bed.call(create, protocol)).isEqualTo(SvsmResult.SUCCESS);
        assertThat(bed.snp.rmp().vmsa().get(bed.state, 1)).isEqualTo(1);
        assertThat(bed.call(invalidate, protocol)).isEqualTo(SvsmResult.INVALID_ADDRESS);
        assertThat(bed.call(create, protocol)).isEqualTo(SvsmResult.INVALID_ADDRESS);
        assertThat(bed.call(delete, protocol)).isEqualTo(SvsmResult.SUCCESS);
        assertThat(bed.snp.rmp().vmsa().get(bed.state, 1)).isZero();
        assertThat(bed.vmpl2()).containsExactly("0", "F", "0", "0");
        assertThat(bed.call(invalidate, protocol)).isEqualTo(SvsmResult.SUCCESS);
    }

    @Test
    void createDeleteAndCreateAgainWorksSinceTheCallingAreaIsFreedToo() {
        SvsmRequest create = SvsmRequest.createVcpu(0x1000, 0, 0);
        SvsmRequest delete = SvsmRequest.of(SvsmRequest.DELETE_VCPU, 0x1000);
        Bed bed = Bed.of(List.of(create, delete));
        bed.launch("V F - V");

        assertThat(bed.call(create, COCONUT)).isEqualTo(SvsmResult.SUCCESS);
        assertThat(bed.call(delete, COCONUT)).isEqualTo(SvsmResult.SUCCESS);
        assertThat(bed.area.use().get(bed.state, 0)).isEqualTo(CallingArea.Use.NONE);
        assertThat(bed.call(delete, COCONUT)).isEqualTo(SvsmResult.INVALID_PARAMETER);
        new WriteVmsa(0x1000, true).on(bed.machine, INNER).take(bed.state);
        assertThat(bed.call(create, COCONUT)).isEqualTo(SvsmResult.SUCCESS);
    }

    @Test
    void aListInAVmsaOrOverTheFirstBytesOfACallingAreaIsRefused() {
        SvsmRequest create = SvsmRequest.createVcpu(0x1000, 0, 0);
        SvsmRequest inVmsa = SvsmRequest.pvalidateAt(0x1008, 0x4L);
        SvsmRequest overArea = SvsmRequest.pvalidateAt(0, 0x4L);
        SvsmRequest behind = SvsmRequest.pvalidateAt(8, 0x10L);
        Bed bed = Bed.of(List.of(create, inVmsa, overArea, behind));
        bed.launch("V F - V");

        assertThat(bed.call(create, COCONUT)).isEqualTo(SvsmResult.SUCCESS);
        assertThat(bed.call(inVmsa, COCONUT)).isEqualTo(SvsmResult.INVALID_ADDRESS);
        assertThat(bed.call(overArea, COCONUT)).isEqualTo(SvsmResult.INVALID_ADDRESS);
        assertThat(bed.call(behind, COCONUT)).isEqualTo(SvsmResult.INVALID_PARAMETER);
    }

    @Test
    void remappingFreesTheOldCallingAreaAndWritesEightZeroBytes() {
        SvsmRequest first = SvsmRequest.of(SvsmRequest.REMAP_CA, 0);
        SvsmRequest second = SvsmRequest.of(SvsmRequest.REMAP_CA, 0x1000);
        Bed bed = Bed.of(List.of(first, second));
        bed.launch("V V - V");

        assertThat(bed.call(first, COCONUT)).isEqualTo(SvsmResult.SUCCESS);
        assertThat(bed.area.use().get(bed.state, 0)).isEqualTo(CallingArea.Use.CALLING_AREA);
        assertThat(bed.call(second, COCONUT)).isEqualTo(SvsmResult.SUCCESS);
        assertThat(bed.area.use().get(bed.state, 0)).isEqualTo(CallingArea.Use.NONE);
        assertThat(bed.area.use().get(bed.state, 1)).isEqualTo(CallingArea.Use.CALLING_AREA);
        assertThat(bed.memory.read(bed.state, 1, Snp.GUEST_KEY)).isEqualTo(Value.INNER.ordinal());
        assertThat(bed.call(second, COCONUT)).as("as in COCONUT-SVSM: its own area is in the registry")
                .isEqualTo(SvsmResult.INVALID_ADDRESS);
    }

    @Test
    void queryProtocolLeavesTheVersionsInRcx() {
        SvsmRequest core = SvsmRequest.of(SvsmRequest.QUERY_PROTOCOL, 1);
        SvsmRequest other = SvsmRequest.of(SvsmRequest.QUERY_PROTOCOL, 2L << 32 | 1);
        Bed bed = Bed.of(List.of(core, other));
        assertThat(bed.call(core, COCONUT)).isEqualTo(SvsmResult.SUCCESS);
        assertThat(bed.area.supported().get(bed.state, 0)).isTrue();
        assertThat(bed.call(other, COCONUT)).isEqualTo(SvsmResult.SUCCESS);
        assertThat(bed.area.supported().get(bed.state, 0)).isFalse();
    }

    @Test
    void revokingTakesAPageFromVmpl2AndVmpl3() {
        SvsmRequest invalidate = SvsmRequest.pvalidate(0, SvsmRequest.entry(0x1000, false, false, false));
        Bed bed = Bed.of(List.of(invalidate));
        bed.launch("V V - V");
        bed.snp.rmp().setPermissions(bed.state, 1, 2, 0xF);
        bed.snp.rmp().setPermissions(bed.state, 1, 3, 0x3);

        assertThat(bed.call(invalidate, COCONUT)).isEqualTo(SvsmResult.SUCCESS);
        assertThat(bed.snp.rmp().permissions(bed.state, 1, 2)).isZero();
        assertThat(bed.snp.rmp().permissions(bed.state, 1, 3)).isZero();
    }

    @Test
    void aCheckOfTheFirstPageLetsA2MEntryHideTheMonitorsPage() {
        SvsmRequest hidden = SvsmRequest.pvalidate(0, SvsmRequest.entry(0x200000, true, true, true));
        CoreProtocol first = new CoreProtocol(
                GEOMETRY, OWN, CoreProtocol.Checks.FIRST_PAGE, true, 0, 0, false,
                CoreProtocol.Deleting.LOOK_UP_LOCKED, true);
        for (CoreProtocol protocol : List.of(COCONUT, first)) {
            Bed bed = Bed.of(List.of(hidden));
            bed.launch("V V W W");
            bed.snp.rmp().setValidated(bed.state, 2, true);
            boolean refused = protocol.checks() == CoreProtocol.Checks.ALL;
            assertThat(bed.call(hidden, protocol))
                    .isEqualTo(refused ? SvsmResult.INVALID_ADDRESS : SvsmResult.SUCCESS);
            assertThat(bed.snp.rmp().permissions(bed.state, OWN, 2)).isEqualTo(refused ? 0 : 0xF);
        }
    }

    @Test
    void invalidatingAPageThatIsNotValidStopsTheMonitorOrIsAnError() {
        SvsmRequest invalidate = SvsmRequest.pvalidate(0x1000, SvsmRequest.entry(0, false, false, true));
        Bed bed = Bed.of(List.of(invalidate));
        bed.launch("I V - V");
        assertThatExceptionOfType(Panic.class).isThrownBy(() -> bed.call(invalidate, COCONUT))
                .withMessageContaining("#VC 0x404");
        Bed again = Bed.of(List.of(invalidate));
        again.launch("I V - V");
        assertThat(again.call(invalidate, CoreProtocol.careful(GEOMETRY, OWN)).rax()).isEqualTo(0x8000_1001L);
    }

    @Test
    void aPageInTheHoleIsGrantedWithWhatItHolds() {
        SvsmRequest validate = SvsmRequest.pvalidate(0x1000, SvsmRequest.entry(0, false, true, false));
        Bed bed = Bed.of(List.of(validate));
        bed.launch("I V - V");
        CoreProtocol withHole = new CoreProtocol(
                GEOMETRY, OWN, CoreProtocol.Checks.ALL, true, 0, 0x1000, true, CoreProtocol.Deleting.LOOK_UP_LOCKED,
                true);
        assertThat(bed.call(validate, withHole)).isEqualTo(SvsmResult.SUCCESS);
        assertThat(bed.contents("D D - D")).startsWith("D");
        assertThat(bed.vmpl2()).startsWith("F");
    }

    @Test
    void requestsAreKnownToTheMachine() {
        List<SvsmRequest> requests = SvsmRequest.anything(GEOMETRY);
        assertThat(requests).doesNotHaveDuplicates().hasSize(4 * 4 + 2 * 2 + 3 * 4 + 1 + 4);
        CallingArea area = Bed.of(requests).area;
        assertThat(new CallFamily(area).arguments()).hasSize(area.calls().size());
    }
}
