package org.ringfence.machine.tdx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Tlbs;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.adversary.L2Load;
import org.ringfence.machine.tdx.adversary.L2Store;
import org.ringfence.machine.tdx.host.FlushTranslations;
import org.ringfence.machine.tdx.host.KickVcpu;
import org.ringfence.machine.tdx.law.TranslationsAgree;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRemove;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeBlock;
import org.ringfence.machine.tdx.seamcall.TdhMemTrack;
import org.ringfence.machine.tdx.seamcall.TdhVpEnter;
import org.ringfence.machine.tdx.seamcall.TdhVpFlush;
import org.ringfence.machine.tdx.td.L2Access;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.TdOptions;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;
import org.ringfence.machine.tdx.td.Translations;
import org.ringfence.machine.tdx.tdcall.InterruptL2;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAttrWr;
import org.ringfence.machine.tdx.tdcall.TdgVpEnter;
import org.ringfence.machine.tdx.tdcall.TdgVpInvept;

/** Translations stay until they are flushed, and what comes of it where a check that waits for that is off. */
class TranslationsTest {
    private static final Geometry GEOMETRY = new Geometry(2, 3, 1);

    private final Actor first = new Actor(0, Principal.GUEST, "vCPU 0");
    private final Actor second = new Actor(1, Principal.GUEST, "vCPU 1");
    private final Actor host = new Actor(2, Principal.HOST, "host");

    /** A machine of two vCPUs with TLBs. */
    private static Layout.Placed<Machine> machine(Guards guards, TdxFeature... more) {
        return Layout.of(Layout.Storage.PACKED, 3, 1, declaration -> {
            Memory memory = Memory.declare(declaration, GEOMETRY, 1);
            Cpus cpus = Cpus.declare(declaration, 3, MapGpaAnswer.known());
            var features = Td.features(TdxFeature.TLBS, TdxFeature.TLB_TRACKING);
            features.addAll(List.of(more));
            Tdx tdx = Tdx.declare(declaration, memory, cpus, List.of(2), TdOptions.of(features), guards)
                    .getFirst();
            return Machine.of(memory, cpus, tdx);
        });
    }

    private static long take(Machine machine, State state, Actor actor, Operation<?> operation) {
        return operation.on(machine, actor).take(state);
    }

    private void give(Machine machine, State state, int page, int frame) {
        long gpa = GEOMETRY.gpa(page);
        assertThat(take(machine, state, host, new TdhMemPageAug(gpa, Level.SIZE_4K, new Frame(frame)))).isZero();
        assertThat(take(machine, state, first, new TdgMemPageAccept(gpa, Level.SIZE_4K))).isZero();
    }

    @Test
    void aBlockedPageIsReadThroughTheTranslationThatIsLeft() {
        Layout.Placed<Machine> placed = machine(Guards.allOn());
        State state = placed.layout().newState();
        give(placed.machine(), state, 0, 1);
        take(placed.machine(), state, second, new Store(0, Value.DATA));
        take(placed.machine(), state, host, new TdhMemRangeBlock(0, Level.SIZE_4K));

        assertThat(take(placed.machine(), state, second, new Load(0))).isEqualTo(Loaded.DATA.ordinal());
        assertThat(take(placed.machine(), state, first, new Load(0))).as("has none").isEqualTo(Outcome.EXITS);
    }

    @Test
    void aPageIsNotRemovedBeforeEveryVcpuHasLeft() {
        Layout.Placed<Machine> placed = machine(Guards.allOn());
        Machine machine = placed.machine();
        State state = placed.layout().newState();
        give(machine, state, 0, 1);
        take(machine, state, host, new TdhMemRangeBlock(0, Level.SIZE_4K));
        take(machine, state, host, new TdhMemTrack());
        take(machine, state, host, new KickVcpu(0));

        TdhMemPageRemove remove = new TdhMemPageRemove(0, Level.SIZE_4K);
        assertThat(take(machine, state, host, remove))
                .isEqualTo(TdhMemPageRemove.Result.TDX_TLB_TRACKING_NOT_DONE_RCX.ordinal());
        take(machine, state, host, new KickVcpu(1));
        assertThat(take(machine, state, host, remove)).isZero();
    }

    @Test
    void withoutTrackingAVcpuReadsAnotherPageThroughTheTranslationThatIsLeft() {
        Layout.Placed<Machine> placed = machine(Guards.without(TdxGuard.REMOVE_BLOCK_IS_TRACKED));
        Machine machine = placed.machine();
        State state = placed.layout().newState();
        give(machine, state, 0, 1);
        take(machine, state, second, new Load(0));
        take(machine, state, host, new TdhMemRangeBlock(0, Level.SIZE_4K));
        assertThat(take(machine, state, host, new TdhMemPageRemove(0, Level.SIZE_4K))).isZero();
        give(machine, state, 1, 1);
        take(machine, state, first, new Store(GEOMETRY.gpa(1), Value.NEWER));

        assertThat(Property.INJECTIVITY.isBrokenIn(new TranslationsAgree(machine.part(Tdx.class)).judge(state)))
                .isTrue();
        assertThat(take(machine, state, second, new Load(0))).isEqualTo(Loaded.NEWER.ordinal());
    }

    @Test
    void withoutTheFlushOfANewEpochATranslationOutlivesItsPage() {
        for (boolean flushes : List.of(true, false)) {
            Layout.Placed<Machine> placed = machine(
                    flushes ? Guards.allOn() : Guards.without(TdxGuard.ENTER_FLUSHES_NEW_EPOCH));
            Machine machine = placed.machine();
            State state = placed.layout().newState();
            give(machine, state, 0, 1);
            take(machine, state, second, new Load(0));
            take(machine, state, host, new TdhMemRangeBlock(0, Level.SIZE_4K));
            take(machine, state, host, new TdhMemTrack());
            take(machine, state, host, new KickVcpu(0));
            take(machine, state, host, new KickVcpu(1));
            assertThat(take(machine, state, host, new TdhMemPageRemove(0, Level.SIZE_4K))).isZero();
            take(machine, state, host, new TdhVpEnter(0));
            take(machine, state, host, new TdhVpEnter(1));
            give(machine, state, 1, 1);

            long read = take(machine, state, second, new Load(0));
            assertThat(read).isEqualTo(flushes ? Outcome.EXITS : Loaded.ZERO.ordinal());
        }
    }

    @Test
    void anL2ReadsWhatWasTakenFromItUntilItsCpuRunsInvept() {
        Layout.Placed<Machine> placed = machine(Guards.allOn(), TdxFeature.L2_VM, TdxFeature.L2_ENTRY);
        Machine machine = placed.machine();
        State state = placed.layout().newState();
        Actor l2 = new Actor(3, Principal.INNER_GUEST, "L2");
        give(machine, state, 0, 1);
        take(machine, state, first, TdgMemPageAttrWr.grant(0, Level.SIZE_4K, L2Access.READ));
        assertThat(take(machine, state, second, new TdgVpEnter(1))).isEqualTo(Outcome.EXITS);
        assertThat(take(machine, state, l2, new L2Load(0, 1))).isZero();

        take(machine, state, first, TdgMemPageAttrWr.revoke(0, Level.SIZE_4K, true));
        assertThat(take(machine, state, l2, new L2Load(0, 1))).as("still there").isZero();

        take(machine, state, first, new InterruptL2(1));
        assertThat(take(machine, state, second, new TdgVpEnter(1))).as("back in L1").isZero();
        take(machine, state, second, new TdgVpInvept());
        take(machine, state, second, new TdgVpEnter(1));
        assertThat(take(machine, state, l2, new L2Load(0, 1))).as("exits to L1").isEqualTo(Outcome.EXITS);
        assertThat(take(machine, state, second, new TdgVpEnter(1))).isZero();
    }

    @Test
    void translationsAreOfATdAndNotOfAVcpu() {
        for (boolean flushes : List.of(true, false)) {
            Layout.Placed<Machine> placed = machine(
                    flushes ? Guards.allOn() : Guards.without(TdxGuard.ENTER_FLUSHES_AFTER_ANOTHER_VCPU),
                    TdxFeature.ASSOCIATION);
            Machine machine = placed.machine();
            State state = placed.layout().newState();
            machine.part(Tdx.class).start(state);
            give(machine, state, 0, 1);
            take(machine, state, second, new Load(0));
            take(machine, state, host, new KickVcpu(1));
            take(machine, state, host, new KickVcpu(0));
            take(machine, state, host, new TdhMemRangeBlock(0, Level.SIZE_4K));
            assertThat(take(machine, state, host.on(0), new TdhVpFlush(0, 0))).isZero();
            take(machine, state, host, new TdhMemTrack());
            assertThat(take(machine, state, host, new TdhMemPageRemove(0, Level.SIZE_4K))).isZero();
            assertThat(take(machine, state, host.on(1), new TdhVpEnter(0))).isZero();
            give(machine, state, 1, 1);

            long read = take(machine, state, first, new Load(0));
            assertThat(read).isEqualTo(flushes ? Outcome.EXITS : Loaded.ZERO.ordinal());
        }
    }

    /** vCPU 1 enters on the logical CPU that was vCPU 0's, and gives its L2 VM page 0. */
    private Layout.Placed<Machine> withMovedVcpu(State[] start) {
        Layout.Placed<Machine> placed =
                machine(Guards.allOn(), TdxFeature.L2_VM, TdxFeature.L2_ENTRY, TdxFeature.ASSOCIATION);
        Machine machine = placed.machine();
        State state = placed.layout().newState();
        machine.part(Tdx.class).start(state);
        give(machine, state, 0, 1);
        for (int vcpu = 0; vcpu < 2; vcpu++) {
            take(machine, state, host, new KickVcpu(vcpu));
            assertThat(take(machine, state, host.on(vcpu), new TdhVpFlush(0, vcpu))).isZero();
        }
        assertThat(take(machine, state, host.on(0), new TdhVpEnter(1))).isZero();
        take(machine, state, second, TdgMemPageAttrWr.grant(0, Level.SIZE_4K, L2Access.READ));
        take(machine, state, second, new TdgVpEnter(1));
        Actor l2 = new Actor(3, Principal.INNER_GUEST, "L2");
        assertThat(take(machine, state, l2, new L2Load(0, 1))).isZero();
        assertThat(take(machine, state, l2, new L2Store(0, 1))).as("exits to L1").isEqualTo(Outcome.EXITS);
        assertThat(take(machine, state, second, new TdgVpEnter(1))).as("back in L1").isZero();
        start[0] = state;
        return placed;
    }

    @Test
    void inveptIsOfTheLogicalCpuThatTheVcpuRunsOn() {
        State[] start = new State[1];
        Machine machine = withMovedVcpu(start).machine();
        Translations translations = machine.part(Tdx.class).translations();
        assertThat(translations.tlbs().frame(start[0], 0, 1, 0)).as("on logical CPU 0").isEqualTo(1);
        for (Operation<?> flush : List.of(
                new TdgVpInvept(), TdgMemPageAttrWr.revoke(0, Level.SIZE_4K, true))) {
            State state = start[0].snapshot();
            assertThat(take(machine, state, second, flush)).isZero();
            assertThat(translations.tlbs().frame(state, 0, 1, 0)).as(flush.toString()).isEqualTo(Tlbs.NONE);
        }
    }

    @Test
    void aVcpuOfNoLogicalCpuHasNothingToFlush() {
        State[] start = new State[1];
        Machine machine = withMovedVcpu(start).machine();
        State state = start[0].snapshot();

        assertThat(take(machine, state, host, new FlushTranslations(0))).isZero();
        assertThat(state.sameWords(start[0])).isTrue();
    }

    @Test
    void anL2ThatRunsOnVcpusHasNoCpuOfItsOwn() {
        Machine machine = machine(Guards.allOn(), TdxFeature.L2_VM, TdxFeature.L2_ENTRY).machine();
        Actor l2 = new Actor(3, Principal.INNER_GUEST, "L2");
        for (Operation<?> access : List.of(new L2Load(0), new L2Store(0), new L2Load(0, 3))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> access.on(machine, l2))
                    .withMessageContaining("no CPU of its own");
        }
    }

    @Test
    void aVcpuThatHasADoubleFaultNeverRunsAgain() {
        Layout.Placed<Machine> placed = machine(Guards.allOn(), TdxFeature.VE_INFO);
        Machine machine = placed.machine();
        State state = placed.layout().newState();
        take(machine, state, host, new TdhMemPageAug(0, Level.SIZE_4K, new Frame(1)));

        assertThat(take(machine, state, first, new Load(0))).isEqualTo(Loaded.VIRTUALIZATION_EXCEPTION.ordinal());
        assertThat(take(machine, state, first, new Load(0))).as("#DF").isEqualTo(Outcome.EXITS);
        assertThat(Property.AVAILABILITY.isBrokenIn(state.observed())).isTrue();
        assertThat(take(machine, state, first, new Load(0))).isEqualTo(Outcome.WAITS);
        assertThat(take(machine, state, second, new Load(0))).isEqualTo(Loaded.VIRTUALIZATION_EXCEPTION.ordinal());
    }
}
