package org.ringfence.machine.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.host.HoldTdLock;
import org.ringfence.machine.tdx.host.KickVcpu;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRelocate;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRemove;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeBlock;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeUnblock;
import org.ringfence.machine.tdx.seamcall.TdhMemSeptRd;
import org.ringfence.machine.tdx.seamcall.TdhMemTrack;
import org.ringfence.machine.tdx.seamcall.TdhVpEnter;
import org.ringfence.machine.tdx.td.LeafLocks;
import org.ringfence.machine.tdx.td.LeafLocks.Lock;
import org.ringfence.machine.tdx.td.TdLocks;
import org.ringfence.machine.tdx.td.TdxFeature;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;

/** A leaf that takes two steps holds in between what the module holds, and ends as one that takes one. */
class LeavesInStepsTest {
    private static final Actor HOST = new Actor(1, Principal.HOST, "host");
    private static final Actor HOST_1 = new Actor(2, Principal.HOST, "host1");
    private static final Actor IN_ONE_STEP = new Actor(-1, Principal.HOST, "host");
    private static final TdgMemPageAccept ACCEPT = new TdgMemPageAccept(0, Level.SIZE_4K);

    private final Td td = Td.of(
            new Geometry(2, 5, 1), 3,
            Set.of(TdxFeature.STEPS, TdxFeature.TD_LOCKS, TdxFeature.TLB_TRACKING, TdxFeature.EXIT_DETAILS));

    static List<Operation<?>> leaves() {
        return List.of(
                new TdhMemPageAug(0, Level.SIZE_4K, new Frame(1)),
                new TdhMemRangeBlock(0, Level.SIZE_4K),
                new TdhMemRangeUnblock(0, Level.SIZE_4K),
                new TdhMemPageRemove(0, Level.SIZE_4K),
                new TdhMemPageRelocate(0, 0, new Frame(2)),
                new TdhMemSeptRd(0, Level.SIZE_4K),
                new TdhMemTrack(),
                new TdhVpEnter(0));
    }

    static Stream<Operation<?>> eachLeaf() {
        return leaves().stream();
    }

    /** vCPU 0 is out, those that the hosts' indices name are too, and page 0 is in {@code frame}. */
    private State withPage(int frame) {
        State state = td.start();
        for (int vcpu = 0; vcpu < 3; vcpu++) {
            take(state, IN_ONE_STEP, new KickVcpu(vcpu));
        }
        take(state, IN_ONE_STEP, new TdhMemPageAug(0, Level.SIZE_4K, new Frame(frame)));
        return state;
    }

    private long take(State state, Actor actor, Operation<?> operation) {
        return operation.on(td.machine(), actor).take(state);
    }

    private static boolean isBusy(Operation<?> leaf, long code) {
        return code >= 0
                && leaf.results() instanceof org.ringfence.machine.operation.Results.Closed<?>(var type)
                && ((ModuleStatus) type.getEnumConstants()[(int) code]).completion().status()
                        == TdxStatus.TDX_OPERAND_BUSY;
    }

    @ParameterizedTest
    @MethodSource("eachLeaf")
    void aLeafFindsBusyWhatAnotherHoldsAndNothingElse(Operation<?> first) {
        for (Operation<?> second : leaves()) {
            State state = withPage(0);
            if (take(state, HOST, first) != Outcome.STAYS) {
                throw new AssertionError(first + " is refused before it holds anything");
            }
            LeafLocks held = LeafLocks.of(first.mnemonic());
            LeafLocks wanted = LeafLocks.of(second.mnemonic());
            boolean collides = Arrays.stream(Lock.values())
                    .filter(lock -> lock != Lock.PAGE)
                    .anyMatch(lock -> held.excludes(lock, wanted.held(lock)));
            long code = take(state, HOST_1, second);
            assertThat(isBusy(second, code)).as("%s during %s: %d", second, first, code).isEqualTo(collides);
            assertThat(wanted.busyDuring(Lock.SEPT_ENTRY).contains(held) || !held.excludes(
                    Lock.SEPT_ENTRY, wanted.held(Lock.SEPT_ENTRY))).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("eachLeaf")
    void aLeafOfOneStepWantsTheSameLocks(Operation<?> leaf) {
        for (TdLocks.Kind kind : TdLocks.Kind.values()) {
            for (Held how : List.of(Held.SHARED, Held.EXCLUSIVE)) {
                State state = withPage(0);
                take(state, IN_ONE_STEP, new HoldTdLock(kind, how));
                boolean collides = LeafLocks.of(leaf.mnemonic())
                        .excludes(Lock.valueOf(kind.name()), how);
                assertThat(isBusy(leaf, take(state, IN_ONE_STEP, leaf)))
                        .as("%s while %s is held %s", leaf, kind, how)
                        .isEqualTo(collides);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("eachLeaf")
    void twoStepsEndAsOne(Operation<?> leaf) {
        State two = withPage(0);
        State one = two.snapshot();
        assertThat(take(two, HOST, leaf)).isEqualTo(Outcome.STAYS);
        long code = take(two, HOST, leaf);
        assertThat(take(one, IN_ONE_STEP, leaf)).isEqualTo(code);
        assertThat(td.layout().diff(one, two)).isEmpty();
    }

    @Test
    void thePageThatRemoveTakesAwayIsLockedUntilItIsFree() {
        State state = withPage(0);
        take(state, IN_ONE_STEP, new TdhMemRangeBlock(0, Level.SIZE_4K));
        take(state, IN_ONE_STEP, new TdhMemTrack());
        TdhMemPageAug again = new TdhMemPageAug(Geometry.SMALL, Level.SIZE_4K, new Frame(0));

        assertThat(take(state, IN_ONE_STEP, again))
                .isEqualTo(TdhMemPageAug.Result.TDX_PAGE_METADATA_INCORRECT_R8.ordinal());
        assertThat(take(state, HOST, new TdhMemPageRemove(0, Level.SIZE_4K))).isEqualTo(Outcome.STAYS);
        assertThat(take(state, IN_ONE_STEP, again)).isEqualTo(TdhMemPageAug.Result.TDX_OPERAND_BUSY_R8.ordinal());
        assertThat(take(state, HOST, new TdhMemPageRemove(0, Level.SIZE_4K))).isZero();
        assertThat(take(state, IN_ONE_STEP, again)).isZero();
    }

    @Test
    void anAcceptIsBusyWhileTheHostReadsItsEntry() {
        State state = withPage(0);
        take(state, HOST, new TdhVpEnter(0));
        take(state, HOST, new TdhVpEnter(0));
        assertThat(take(state, HOST, new TdhMemSeptRd(0, Level.SIZE_4K))).isEqualTo(Outcome.STAYS);
        assertThat(take(state, td.vcpus().getFirst(), ACCEPT))
                .isEqualTo(TdgMemPageAccept.Result.TDX_OPERAND_BUSY_RCX.ordinal());
        take(state, HOST, new TdhMemSeptRd(0, Level.SIZE_4K));
        assertThat(take(state, td.vcpus().getFirst(), ACCEPT)).isEqualTo(Outcome.STAYS);
        assertThat(take(state, td.vcpus().getFirst(), ACCEPT)).isZero();
    }

    @Test
    void aHostThatFoundAnEntryBusyDuringAnAcceptGoesNext() {
        State state = withPage(0);
        take(state, HOST, new TdhVpEnter(0));
        take(state, HOST, new TdhVpEnter(0));
        take(state, td.vcpus().getFirst(), ACCEPT);
        assertThat(take(state, HOST, new TdhMemRangeBlock(0, Level.SIZE_4K)))
                .isEqualTo(TdhMemRangeBlock.Result.TDX_OPERAND_BUSY_RCX.ordinal());
        assertThat(take(state, td.vcpus().getFirst(), ACCEPT)).isZero();
        assertThat(take(state, td.vcpus().getFirst(), ACCEPT))
                .as("host priority")
                .isEqualTo(TdgMemPageAccept.Result.TDX_OPERAND_BUSY_RCX.ordinal());
    }

    @Test
    void noInterruptStopsATdcall() {
        State state = withPage(0);
        take(state, HOST, new TdhVpEnter(0));
        take(state, HOST, new TdhVpEnter(0));
        take(state, td.vcpus().getFirst(), ACCEPT);
        assertThat(take(state, HOST, new KickVcpu(0))).isEqualTo(Outcome.WAITS);
        take(state, td.vcpus().getFirst(), ACCEPT);
        assertThat(take(state, HOST, new KickVcpu(0))).isEqualTo(KickVcpu.Result.KICKED.ordinal());
    }

    @Test
    void aFrameThatALeafWasGivenIsBusyForAnother() {
        State state = td.start();
        take(state, HOST, new TdhMemPageAug(0, Level.SIZE_4K, new Frame(3)));
        assertThat(take(state, HOST_1, new TdhMemPageAug(0x1000, Level.SIZE_4K, new Frame(3))))
                .isEqualTo(TdhMemPageAug.Result.TDX_OPERAND_BUSY_R8.ordinal());
        assertThat(take(state, HOST_1, new TdhMemPageAug(0x1000, Level.SIZE_4K, new Frame(4))))
                .isEqualTo(Outcome.STAYS);
    }
}
