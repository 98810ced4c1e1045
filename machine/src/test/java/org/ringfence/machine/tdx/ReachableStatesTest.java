package org.ringfence.machine.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.law.TdxInjectivity;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRemove;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeBlock;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.Epochs;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.TdExitReason;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;

/** What holds in every state that any host and any L1 can bring a TD to. */
class ReachableStatesTest {

    static Stream<Td> machines() {
        Set<TdxFeature> all = Td.allOfOneThatRuns();
        all.remove(TdxFeature.SEPT_PAGES);
        return Stream.of(
                Td.of(new Geometry(3, 4, 1), 2, Td.allOfOneThatRuns()),
                Td.of(new Geometry(4, 6, 2), 2, all),
                Td.of(new Geometry(6, 9, 3), 1, all),
                Td.ofSeveral(new Geometry(4, 6, 2), List.of(1, 2), all));
    }

    @ParameterizedTest
    @MethodSource("machines")
    void theSecureEptAndTheFramesAgreeOnEveryWalk(Td td) {
        Walk walk = new Walk(td, new Random(3));
        for (int i = 0; i < 20_000; i++) {
            walk.step();
            check(td, walk.state());
        }
    }

    @Test
    void theSecureEptAndTheFramesAgreeInEveryStateOfASmallMachine() {
        Td td = Td.of(
                new Geometry(2, 2, 2), 1,
                Td.features(TdxFeature.TLB_TRACKING, TdxFeature.INTERRUPTS, TdxFeature.L2_VM));
        int states = explore(td);
        assertThat(states).isGreaterThan(100);
    }

    @Test
    void theSecureEptAndTheFramesAgreeInEveryStateWithTwoPagesOf4K() {
        Td td = Td.of(new Geometry(2, 2, 1), 1, Td.features(TdxFeature.TLB_TRACKING));
        int states = explore(td);
        assertThat(states).isGreaterThan(1000);
    }

    @Test
    void theSecureEptsAndTheFramesAgreeInEveryStateOfTwoTds() {
        Td td = Td.ofSeveral(new Geometry(1, 1, 1), List.of(1, 1), Td.features(TdxFeature.TLB_TRACKING));
        int states = explore(td);
        assertThat(states).isGreaterThan(1000);
    }

    private static int explore(Td td) {
        List<Walk.Move> moves = Walk.moves(td);
        Set<List<Long>> seen = new HashSet<>();
        Deque<State> queue = new ArrayDeque<>();
        queue.add(td.start());
        seen.add(words(td.start()));
        while (!queue.isEmpty()) {
            State state = queue.remove();
            check(td, state);
            for (Walk.Move move : moves) {
                State next = state.snapshot();
                long outcome = move.operation().on(td.machine(), move.actor()).take(next);
                if (outcome == Outcome.WAITS) {
                    assertThat(next.sameWords(state)).as("%s waits and changes nothing", move).isTrue();
                    assertThat(next.observed()).isZero();
                } else {
                    checkIntegrity(next, move);
                    next.forgetObserved();
                    if (seen.add(words(next))) {
                        queue.add(next);
                    }
                }
            }
        }
        return seen.size();
    }

    /**
     * A read by L1 yields what was put there, or no value at all: nothing that a host does makes it junk, or another
     * page's.
     */
    private static void checkIntegrity(State state, Walk.Move move) {
        assertThat(Property.INTEGRITY.isBrokenIn(state.observed())).as(() -> move + " reads what nobody put there")
                .isFalse();
        assertThat(Property.CONFIDENTIALITY.isBrokenIn(state.observed())).as(() -> move + " sees a secret").isFalse();
    }

    private static List<Long> words(State state) {
        return Arrays.stream(state.words()).boxed().toList();
    }

    private static void check(Td td, State state) {
        assertThat(Property.INJECTIVITY.isBrokenIn(new TdxInjectivity(td.tds()).judge(state)))
                .as(() -> "a frame is in two places: " + td.layout().describe(state))
                .isFalse();
        td.tds().forEach(tdx -> check(td, tdx, state));
        Memory memory = td.machine().part(Memory.class);
        for (int frame = 0; frame < memory.geometry().frames(); frame++) {
            int key = memory.writtenUnder().get(state, frame);
            assertThat(memory.writtenAt().get(state, frame)).isEqualTo(key == 0 ? FrameRef.NONE : frame);
        }
    }

    private static void check(Td td, Tdx tdx, State state) {
        for (int level = 0; level < tdx.sept().options().kept(); level++) {
            checkTable(td, tdx, state, tdx.sept().table(level));
        }
        for (int vcpu = 0; vcpu < tdx.vcpus().count(); vcpu++) {
            int actor = tdx.vcpus().first() + vcpu;
            boolean out = tdx.vcpus().isWithHost(state, actor);
            if (out) {
                assertThat(tdx.epochs().entered().get(state, vcpu)).isZero();
                assertThat(tdx.vcpus().interruptAfter().get(state, vcpu)).isZero();
            }
            if (tdx.vcpus().detailed()) {
                assertThat(tdx.vcpus().exitReason(state, vcpu) != TdExitReason.NONE).isEqualTo(out);
                assertThat(tdx.vcpus().exitReason(state, vcpu).isCall())
                        .isEqualTo(tdx.vcpus().cpus().status().is(state, actor, Cpus.Status.CALLING));
            }
        }
    }

    private static void checkTable(Td td, Tdx tdx, State state, SeptTable table) {
        for (int index = 0; index < table.count(); index++) {
            SeptState found = table.state().get(state, index);
            int at = index;
            boolean hasFrame = table.frame().get(state, index) != FrameRef.NONE;
            assertThat(hasFrame ? found.isLeaf() || found.isTable() : !found.isLeaf())
                    .as(() -> "entry " + at + " in " + td.layout().describe(state))
                    .isTrue();
            if (!found.isLeaf()) {
                assertThat(table.aliases().get(state, index)).isZero();
            }
            if (found != SeptState.PENDING) {
                assertThat(table.accepted().get(state, index)).isZero();
            }
            int age = table.age().get(state, index);
            assertThat(age == Epochs.TRACKED || found.isBlocked()).isTrue();
            assertThat(age != Epochs.PREVIOUS || tdx.epochs().isPreviousBusy(state)).isTrue();
        }
    }

    @Test
    void whatIsAbsentCostsNoBit() {
        Geometry geometry = new Geometry(4, 5, 1);
        int least = Td.of(geometry, 1, Td.features()).layout().bits();
        int memory = Layout.of(Layout.Storage.PACKED, 5, 1, declaration -> {
            Cpus.declare(declaration, 1, MapGpaAnswer.known());
            Ledger.declare(declaration, 4);
            return Memory.declare(declaration, geometry, 1);
        })
                .layout()
                .bits();
        int perEntry = 3 + 3;
        int fatal = 1;
        assertThat(least - memory).isEqualTo(4 * perEntry + fatal);
    }

    @Test
    void aLargeMachineKeepsItsPamt() {
        Td td = Td.of(Layout.Storage.LARGE, new Geometry(1024, 2048, 512), 1, Td.features());
        State state = td.start();
        Level large = Level.SIZE_2M;
        long gpa = Geometry.LARGE;

        assertThat(td.byHost(state, new TdhMemPageAug(gpa, large, new Frame(512))))
                .isZero();
        assertThat(td.byHost(state, new TdhMemPageAug(0, large, new Frame(512))))
                .isEqualTo(TdhMemPageAug.Result.TDX_PAGE_METADATA_INCORRECT_R8.ordinal());
        assertThat(td.byGuest(state, new TdgMemPageAccept(gpa, large))).isZero();
        assertThat(td.byHost(state, new TdhMemRangeBlock(gpa, large))).isZero();
        assertThat(td.byHost(state, new TdhMemPageRemove(gpa, large))).isZero();
        assertThat(td.byHost(state, new TdhMemPageAug(0, large, new Frame(512))))
                .isZero();
    }
}
