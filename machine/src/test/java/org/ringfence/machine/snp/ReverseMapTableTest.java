package org.ringfence.machine.snp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.sev.HostStore;
import org.ringfence.machine.sev.NestedPageTable;
import org.ringfence.machine.sev.adversary.RelocateCiphertext;
import org.ringfence.machine.sev.adversary.ReplayCiphertext;
import org.ringfence.machine.snp.rmp.PageState;
import org.ringfence.machine.snp.rmp.Psmash;
import org.ringfence.machine.snp.rmp.PsmashResult;
import org.ringfence.machine.snp.rmp.RawRmpEntry;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.snp.rmp.RmpupdateResult;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/** What holds of the RMP in every reachable state, and its host instructions beyond the vectors. */
class ReverseMapTableTest {

    static Stream<SnpMachine> machines() {
        return RandomWalk.machines();
    }

    @ParameterizedTest
    @MethodSource("machines")
    void everyReachableTableIsWellFormed(SnpMachine machine) {
        Set<PageState> reached = EnumSet.noneOf(PageState.class);
        for (long seed = 100; seed < 160; seed++) {
            new RandomWalk(machine, seed, 300).each((before, actor, operation, outcome, after) -> {
                for (int frame = 0; frame < machine.snp().geometry().frames(); frame++) {
                    assertWellFormed(machine, after, frame);
                    reached.add(machine.rmp().pageState(after, frame));
                }
                for (int page = 0; page < machine.snp().geometry().pages(); page++) {
                    assertMappingWellFormed(machine, after, page);
                }
            });
        }

        assertThat(reached).contains(PageState.HYPERVISOR, PageState.GUEST_INVALID, PageState.GUEST_VALID);
        if (machine.snp().options().immutable()) {
            assertThat(reached).contains(PageState.PRE_GUEST, PageState.PRE_SWAP);
        }
        assertThat(reached).doesNotContain(PageState.INVALID, PageState.RECLAIM);
    }

    @ParameterizedTest
    @MethodSource("machines")
    void onlyStoresChangeContentsAndWhatWaitsChangesNothing(SnpMachine machine) {
        Set<String> seen = new TreeSet<>();
        for (long seed = 200; seed < 240; seed++) {
            new RandomWalk(machine, seed, 300).each((before, actor, operation, outcome, after) -> {
                State again = before.snapshot();
                assertThat(machine.ask(again, actor, operation)).isEqualTo(outcome);
                assertThat(again.sameWords(after)).as("%s, twice", operation).isTrue();
                if (outcome == Outcome.WAITS) {
                    assertThat(machine.layout().diff(before, after)).isEmpty();
                }
                if (!mayWrite(operation)) {
                    seen.add(operation.mnemonic());
                    assertThat(machine.layout().diff(before, after))
                            .as(operation.toString())
                            .noneMatch(change -> change.place().startsWith("frame "));
                }
            });
        }

        assertThat(seen).contains("RMPUPDATE", "PVALIDATE", "PSC", "VMRUN", "map nested page", "load");
    }

    private static boolean mayWrite(Operation<?> operation) {
        return operation instanceof Store
                || operation instanceof HostStore
                || operation instanceof ReplayCiphertext
                || operation instanceof RelocateCiphertext;
    }

    private static void assertWellFormed(SnpMachine machine, State state, int frame) {
        ReverseMapTable rmp = machine.rmp();
        RawRmpEntry entry = rmp.raw(state, frame);
        if (!entry.assigned()) {
            assertThat(entry.q1() & ~(0x1FF << 3)).isZero();
            assertThat(entry.q2()).isZero();
        }
        if (entry.validated()) {
            assertThat(entry.asid()).isEqualTo(machine.snp().options().guestAsid());
        }
        if (entry.large()) {
            assertThat(machine.snp().geometry().isLargeAligned(frame)).isTrue();
            for (int i = 1; i < machine.snp().geometry().smallPerLarge(); i++) {
                assertThat(rmp.raw(state, frame + i)).isEqualTo(new RawRmpEntry(1, 0));
            }
        }
    }

    private static void assertMappingWellFormed(SnpMachine machine, State state, int page) {
        NestedPageTable npt = machine.snp().npt();
        if (npt.isLarge(state, page)) {
            int head = machine.snp().geometry().head(page);
            assertThat(machine.snp().geometry().isLargeAligned(npt.frame().get(state, head))).isTrue();
            assertThat(npt.lookup(state, page)).isEqualTo(npt.frame().get(state, head) + page - head);
            assertThat(page == head || npt.frame().get(state, page) == FrameRef.NONE).isTrue();
        }
    }

    @ParameterizedTest(name = "{0}, then {1}: {2}")
    @CsvSource({
        "-, assign 0 0 4K, SUCCESS",
        "-, assign 4 0 4K, FAIL_INPUT",
        "-, assign 1 0 2M, FAIL_INPUT",
        "-, assign 0 1 2M, FAIL_INPUT",
        "assign 0 0 2M, assign 0 0 4K, FAIL_OVERLAP",
        "assign 0 0 2M, assign 1 1 4K, FAIL_OVERLAP",
        "assign 0 0 2M, release 1 - 4K, FAIL_OVERLAP",
        "assign 0 0 2M, assign 0 2 2M, SUCCESS",
        "assign 0 0 2M, release 0 - 2M, SUCCESS",
        "assign 0 0 4K, assign 0 0 2M, FAIL_OVERLAP",
        "assign 1 0 4K, release 0 - 2M, FAIL_OVERLAP",
        "-, release 0 - 2M, SUCCESS",
        "fix 0 0 2M, assign 1 1 4K, FAIL_PERMISSION",
        "fix 0 0 4K, release 0 - 4K, FAIL_PERMISSION",
        "fix 1 0 4K, release 0 - 2M, FAIL_PERMISSION",
        "assign 2 0 4K, assign 0 0 2M, SUCCESS"
    })
    void rmpupdateChecksInTheDocumentedOrder(String given, String when, RmpupdateResult expected) {
        SnpMachine machine = SnpMachine.of(
                new Geometry(4, 4, 2), RmpOptions.least().withImmutable());
        State state = machine.newState();
        if (!given.equals("-")) {
            assertThat(machine.ask(state, SnpMachine.HOST, parse(given))).isZero();
        }
        State before = state.snapshot();

        long outcome = machine.ask(state, SnpMachine.HOST, parse(when));

        assertThat(RmpupdateResult.values()[(int) outcome]).isEqualTo(expected);
        if (expected != RmpupdateResult.SUCCESS) {
            assertThat(machine.layout().diff(before, state)).isEmpty();
        }
    }

    private static Rmpupdate parse(String text) {
        String[] words = text.split(" ", -1);
        Frame frame = new Frame(Integer.parseInt(words[1]));
        Level size = words[3].equals("2M") ? Level.SIZE_2M : Level.SIZE_4K;
        return words[0].equals("release")
                ? Rmpupdate.release(frame, size)
                : new Rmpupdate(
                        frame,
                        true,
                        new Geometry(4, 4, 2).gpa(Integer.parseInt(words[2])),
                        size,
                        RmpOptions.FIRST_ASID,
                        words[0].equals("fix"));
    }

    @Test
    void anUnassignedPageTakesNeitherAsidNorImmutable() {
        SnpMachine machine = SnpMachine.of(
                new Geometry(1, 1, 1), RmpOptions.least().withImmutable());
        State state = machine.newState();

        assertThat(Rmpupdate.perform(state, machine.rmp(), 0, false, 0, Level.SIZE_4K, 1, false))
                .isEqualTo(RmpupdateResult.FAIL_INPUT);
        assertThat(Rmpupdate.perform(state, machine.rmp(), 0, false, 0, Level.SIZE_4K, 0, true))
                .isEqualTo(RmpupdateResult.FAIL_INPUT);
        assertThat(Rmpupdate.perform(state, machine.rmp(), 0, true, 0, Level.SIZE_4K, 2, false))
                .isEqualTo(RmpupdateResult.FAIL_INPUT);
    }

    @Test
    void aGuestCannotExecuteTheHostsInstructions() {
        SnpMachine machine = SnpMachine.of(new Geometry(2, 2, 2), RmpOptions.least());
        State state = machine.newState();

        assertThat(machine.ask(state, SnpMachine.GUEST, Rmpupdate.assign(new Frame(0), 0, Level.SIZE_2M)))
                .isEqualTo(RmpupdateResult.FAIL_PERMISSION.ordinal());
        assertThat(machine.ask(state, SnpMachine.GUEST, new Psmash(new Frame(0))))
                .isEqualTo(PsmashResult.FAIL_PERMISSION.ordinal());
    }

    @Test
    void psmashNeedsAnAlignedFrame() {
        SnpMachine machine = SnpMachine.of(new Geometry(2, 2, 2), RmpOptions.least());
        State state = machine.newState();
        machine.ask(state, SnpMachine.HOST, Rmpupdate.assign(new Frame(0), 0, Level.SIZE_2M));

        assertThat(Psmash.perform(state, machine.rmp(), 1)).isEqualTo(PsmashResult.FAIL_INPUT);
        assertThat(Psmash.perform(state, machine.rmp(), 2)).isEqualTo(PsmashResult.FAIL_INPUT);
        assertThat(Psmash.perform(state, machine.rmp(), 0)).isEqualTo(PsmashResult.SUCCESS);
        assertThat(Psmash.perform(state, machine.rmp(), 0)).isEqualTo(PsmashResult.FAIL_BADADDR);
    }

    @Test
    void psmashOfAnImmutablePageLeavesItImmutable() {
        SnpMachine machine = SnpMachine.of(new Geometry(2, 2, 2), RmpOptions.least().withImmutable());
        State state = machine.newState();
        machine.ask(state, SnpMachine.HOST, new Rmpupdate(new Frame(0), true, 0, Level.SIZE_2M, 1, true));

        machine.ask(state, SnpMachine.HOST, new Psmash(new Frame(0)));

        assertThat(machine.rmp().pageState(state, 0)).isEqualTo(PageState.PRE_GUEST);
        assertThat(machine.rmp().pageState(state, 1)).isEqualTo(PageState.PRE_GUEST);
    }

    @Test
    void anOptionThatIsOffTakesNoBits() {
        Geometry small = new Geometry(4, 4, 1);
        Geometry large = new Geometry(4, 4, 2);
        int least = bits(small, RmpOptions.least());

        // assigned, page, ASID and validated a frame
        assertThat(least - bits(new Geometry(4, 3, 1), RmpOptions.least())).isGreaterThanOrEqualTo(1 + 2 + 1 + 1);
        assertThat(bits(small, RmpOptions.least().withImmutable())).isEqualTo(least + 4);
        // a GPA beyond memory takes a bit more; and for each vCPU the frame it runs from, or none
        assertThat(bits(small, RmpOptions.least().withVmsa())).isEqualTo(least + 4 + 4 + SnpMachine.VCPUS * 3);
        assertThat(bits(small, RmpOptions.least().withVmpl(2))).isEqualTo(least + 4 * 5);
        assertThat(bits(small, RmpOptions.least().withAsids(3, 1))).isEqualTo(least + 4);
        assertThat(bits(large, RmpOptions.least())).isEqualTo(least + 4 + 4);
    }

    private static int bits(Geometry geometry, RmpOptions options) {
        return SnpMachine.of(geometry, options, 0).layout().bits();
    }
}
