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
import org.ringfence.stack.guest.svsm.CallOperation.WriteVmsa;

/** The vectors of core-vectors.csv: what a call answers, and what it leaves of the memory's state. */
class CoreProtocolTest {
    private static final Actor MONITOR = new Actor(0, Principal.GUEST, "monitor");
    private static final Actor INNER = new Actor(1, Principal.INNER_GUEST, "l2");
    private static final Geometry GEOMETRY = new Geometry(4, 4, 2);
    private static final int OWN = 3;

    record Row(String number, String pages, SvsmRequest request, long rax, int next, String vmpl2, String contents) {
        static Row of(String line) {
            String[] cell = Arrays.stream(line.split("\\|", -1)).map(String::strip).toArray(String[]::new);
            List<Long> list = cell[8].isEmpty()
                    ? List.of()
                    : Arrays.stream(cell[8].split(" ", -1)).map(Long::decode).toList();
            SvsmRequest request = new SvsmRequest(
                    0, Integer.parseInt(cell[2]), Long.decode(cell[3]), Long.decode(cell[4]), Long.decode(cell[5]),
                    Integer.parseInt(cell[6]), Integer.parseInt(cell[7]), list);
            return new Row(
                    cell[0], cell[1], request, Long.decode(cell[9]), Integer.parseInt(cell[10]), cell[11], cell[12]);
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

    private record Bed(Machine machine, Snp snp, Memory memory, CallingArea area, State state) {
        static Bed of(List<SvsmRequest> requests) {
            RmpOptions options = RmpOptions.least().withVmpl(1).withVmpl(2).withVmpl(3).withVmsa();
            Layout.Placed<Machine> placed = Layout.of(
                    Layout.Storage.PACKED, GEOMETRY.frames(), GEOMETRY.smallPerLarge(), declaration -> {
                        Cpus cpus = Cpus.declare(declaration, 2, PageStateChange.KNOWN_ANSWERS);
                        return Machine.of(cpus, Memory.declare(declaration, GEOMETRY, Snp.GUEST_KEY),
                                Snp.declare(declaration, GEOMETRY, options, cpus, 0),
                                CallingArea.declare(declaration, GEOMETRY, requests));
                    });
            Machine machine = placed.machine();
            return new Bed(machine, machine.part(Snp.class), machine.part(Memory.class),
                    machine.part(CallingArea.class), placed.layout().newState());
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

        SvsmResult call(SvsmRequest request, CoreProtocol protocol) {
            new PostCall(area.indexOf(request)).on(machine, INNER).take(state);
            try {
                new DirectCpu(machine, MONITOR, state, many -> 0).call(new ServeCalls(protocol));
            } catch (DirectCpu.Waits idle) {
                assertThat(idle).hasMessage("waits for a call");
            }
            return SvsmResult.values()[(int) new AwaitAnswer().on(machine, INNER).take(state)];
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

        SvsmResult result = bed.call(row.request, CoreProtocol.careful(GEOMETRY, OWN));

        assertThat(result.rax()).as(result.toString()).isEqualTo(row.rax);
        if (row.request.call() == SvsmRequest.PVALIDATE) {
            assertThat(bed.area.next().get(bed.state)).as("next").isEqualTo(row.next);
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
        SvsmRequest request = new SvsmRequest(1, 0, 0, 0, 0, 0, 0, List.of());
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
    void invalidatingAPageThatIsNotValidStopsTheMonitorOrIsAnError() {
        SvsmRequest invalidate = SvsmRequest.pvalidate(0, SvsmRequest.entry(0, false, false, true));
        Bed bed = Bed.of(List.of(invalidate));
        bed.launch("I V - V");
        CoreProtocol asserting = new CoreProtocol(GEOMETRY, OWN, true, true, 0, 0, false);
        assertThatExceptionOfType(Panic.class).isThrownBy(() -> bed.call(invalidate, asserting))
                .withMessageContaining("#VC 0x404");
        Bed again = Bed.of(List.of(invalidate));
        again.launch("I V - V");
        assertThat(again.call(invalidate, CoreProtocol.careful(GEOMETRY, OWN)).rax()).isEqualTo(0x8000_1001L);
    }

    @Test
    void aPageInTheHoleIsGrantedWithWhatItHolds() {
        SvsmRequest validate = SvsmRequest.pvalidate(0, SvsmRequest.entry(0, false, true, false));
        Bed bed = Bed.of(List.of(validate));
        bed.launch("I V - V");
        CoreProtocol withHole = new CoreProtocol(GEOMETRY, OWN, true, true, 0, 0x1000, true);
        assertThat(bed.call(validate, withHole)).isEqualTo(SvsmResult.SUCCESS);
        assertThat(bed.contents("D D - D")).startsWith("D");
        assertThat(bed.vmpl2()).startsWith("F");
    }

    @Test
    void requestsAreKnownToTheMachine() {
        List<SvsmRequest> requests = SvsmRequest.anything(GEOMETRY, 0);
        assertThat(requests).doesNotHaveDuplicates().hasSize(4 * 4 + 2 * 2 + 2 * 4 + 4);
        CallingArea area = Bed.of(requests).area;
        assertThat(new CallFamily(area).arguments()).hasSize(requests.size());
    }
}
