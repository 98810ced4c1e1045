package org.ringfence.machine.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.HoldModuleLock;
import org.ringfence.machine.tdx.module.LifecycleState;
import org.ringfence.machine.tdx.module.ModuleLocks;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.SystemState;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPamtAdd;
import org.ringfence.machine.tdx.seamcall.EntryCall;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAdd;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhMemPageDemote;
import org.ringfence.machine.tdx.seamcall.TdhMemPagePromote;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRelocate;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRemove;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeBlock;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeUnblock;
import org.ringfence.machine.tdx.seamcall.TdhMemSeptAdd;
import org.ringfence.machine.tdx.seamcall.TdhMemSeptRd;
import org.ringfence.machine.tdx.seamcall.TdhMemSeptRemove;
import org.ringfence.machine.tdx.seamcall.TdhMemTrack;
import org.ringfence.machine.tdx.seamcall.TdhMngInit;
import org.ringfence.machine.tdx.seamcall.TdhMrExtend;
import org.ringfence.machine.tdx.seamcall.TdhMrFinalize;
import org.ringfence.machine.tdx.seamcall.TdhVpAddcx;
import org.ringfence.machine.tdx.seamcall.TdhVpCreate;
import org.ringfence.machine.tdx.seamcall.TdhVpEnter;
import org.ringfence.machine.tdx.seamcall.TdhVpFlush;
import org.ringfence.machine.tdx.seamcall.TdhVpInit;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.OpState;
import org.ringfence.machine.tdx.td.TdLocks.Kind;
import org.ringfence.machine.tdx.td.TdOptions;
import org.ringfence.machine.tdx.td.TdParams;
import org.ringfence.machine.tdx.td.Tdvps;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAttrRd;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAttrWr;
import org.ringfence.machine.tdx.tdcall.TdgVpInfo;
import org.ringfence.machine.tdx.tdcall.TdgVpInvept;

/** Every status that a leaf of this package can end with comes about: in the vectors, or in what is here. */
class StatusesTest {
    private static final Frame FRAME = new Frame(7);
    private static final int VCPU = 9;
    private static final Frame LOCKED = new Frame(10);

    /** Statuses that do not come about without a migration. */
    private static final Set<String> OF_MIGRATION =
            Set.of("TdgMemPageAccept TDX_PAGE_SIZE_MISMATCH_4K");

    private final Map<Class<?>, Set<String>> produced = new HashMap<>();

    /** The host's leaves on the entry of page 0 of {@code level}. */
    private static List<EntryCall<?>> entryCalls(int level) {
        long rcx = SeptOperand.rcx(0, level);
        return List.of(
                new TdhMemSeptAdd(0, rcx, FRAME),
                new TdhMemSeptRd(0, rcx),
                new TdhMemPageAdd(0, rcx, FRAME, FRAME),
                new TdhMemPageAug(0, rcx, FRAME),
                new TdhMemRangeBlock(0, rcx),
                new TdhMemRangeUnblock(0, rcx),
                new TdhMemPageRemove(0, rcx),
                new TdhMemPagePromote(0, rcx),
                new TdhMemPageDemote(0, rcx, FRAME),
                new TdhMemPageRelocate(0, rcx, FRAME),
                new TdhMemSeptRemove(0, rcx));
    }

    private static List<Operation<?>> tdCalls() {
        return List.of(
                new TdhMngInit(0, TdParams.of(1)),
                new TdhVpCreate(0, 0, FRAME),
                new TdhVpAddcx(0, 0, FRAME),
                new TdhVpInit(0, 0),
                new TdhVpFlush(0, 0),
                new TdhMrExtend(0, 0),
                new TdhMrFinalize(0),
                new TdhMemTrack(0),
                new TdhVpEnter(0));
    }

    private static Td td(TdxFeature... more) {
        Set<TdxFeature> features = EnumSet.of(
                TdxFeature.TD_LOCKS,
                TdxFeature.ENTRY_LOCKS,
                TdxFeature.TABLES,
                TdxFeature.TLB_TRACKING,
                TdxFeature.L2_VM);
        features.addAll(Arrays.asList(more));
        return Td.of(new Geometry(4, 12, 2), 1, TdOptions.of(features).keeping(5));
    }

    /** A machine whose TD the host builds. */
    private static Td built() {
        Set<TdxFeature> features = EnumSet.of(
                TdxFeature.TD_LOCKS,
                TdxFeature.ENTRY_LOCKS,
                TdxFeature.TABLES,
                TdxFeature.TLB_TRACKING,
                TdxFeature.L2_VM);
        return Td.withModule(new Geometry(4, 12, 2), 1, TdOptions.of(features).keeping(4));
    }

    private void perform(Td td, State state, Operation<?> operation) {
        State copy = state.snapshot();
        boolean byGuest = operation.mnemonic().startsWith("TDG");
        long code = byGuest ? td.byGuest(copy, operation) : td.byHost(copy, operation);
        note(operation, code);
    }

    private void performOn(Td td, State state, int lp, Operation<?> operation) {
        note(operation, td.byHost(state.snapshot(), lp, operation));
    }

    private void note(Operation<?> operation, long code) {
        if (code >= 0 && operation.results() instanceof Results.Closed<?>(Class<? extends Enum<?>> type)) {
            produced.computeIfAbsent(type, _ -> new HashSet<>()).add(type.getEnumConstants()[(int) code].name());
        }
    }

    private void inEachState(Td td, List<? extends Operation<?>> calls) {
        State fresh = td.start();
        Tdx tdx = td.tdx();
        List<State> states = new ArrayList<>();
        for (OpState op : List.of(OpState.UNINITIALIZED, OpState.INITIALIZED, OpState.RUNNABLE)) {
            State state = fresh.snapshot();
            if (tdx.control().kept()) {
                tdx.control().op().set(state, op);
            }
            addStatesOfTd(td, state, states);
            if (tdx.control().kept()) {
                addStatesOfTd(td, withVcpu(td, state), states);
                addStatesOfModule(td, state, states);
            }
        }
        for (State state : states) {
            calls.forEach(call -> perform(td, state, call));
        }
    }

    private static void addStatesOfTd(Td td, State state, List<State> states) {
        states.add(state);
        for (Kind kind : Kind.values()) {
            State locked = state.snapshot();
            td.tdx().locks().held().set(locked, kind.ordinal(), Held.EXCLUSIVE);
            states.add(locked);
        }
        State fatal = state.snapshot();
        td.tdx().root().die(fatal);
        states.add(fatal);
    }

    /** States of the module, the TD's pages and a vCPU's that are in the way. */
    private static void addStatesOfModule(Td td, State state, List<State> states) {
        TdxModule module = td.module();
        int root = td.tdx().geometry().frames() - 1;
        List<Consumer<State>> changes = List.of(
                changed -> module.tdr().lifecycle().set(changed, 0, LifecycleState.TD_HKID_ASSIGNED),
                changed -> module.tdr().tdcx().set(changed, 0, 5),
                changed -> module.seam().disabled().set(changed, true),
                changed -> module.system().set(changed, 0, SystemState.SYS_SHUTDOWN),
                changed -> module.system().set(changed, 0, SystemState.SYSCONFIG_DONE),
                changed -> lock(td, changed, root),
                changed -> lock(td, changed, FRAME.index()),
                changed -> module.pamt().allocate(changed, FRAME.index(), PageSize.PT_4KB, PageType.PT_REG, root));
        for (State each : List.of(state, withVcpu(td, state))) {
            for (Consumer<State> change : changes) {
                State changed = each.snapshot();
                change.accept(changed);
                states.add(changed);
            }
        }
        State absent = state.snapshot();
        module.tdr().frame().set(absent, 0, FrameRef.NONE);
        states.add(absent);
        State locked = withVcpu(td, state);
        lock(td, locked, VCPU);
        states.add(locked);
        State reclaimed = withVcpu(td, state);
        module.pamt().free(reclaimed, VCPU, PageSize.PT_4KB);
        states.add(reclaimed);
    }

    private static void lock(Td td, State state, int frame) {
        td.byHost(state, new HoldModuleLock(ModuleLocks.Kind.PAGE, frame, Held.EXCLUSIVE));
    }

    /** The same with a TDVPR. */
    private static State withVcpu(Td td, State state) {
        State made = state.snapshot();
        td.tdx().vps().tdvpr().set(made, 0, VCPU);
        td.tdx().vps().pages().set(made, 0, 1);
        td.module().addChild(made, 0, VCPU, PageSize.PT_4KB, PageType.PT_TDVPR);
        return made;
    }

    private void atEachEntry() {
        Td td = td();
        List<State> states = new ArrayList<>();
        State tables = td.start();
        states.add(tables.snapshot());
        for (int level = 4; level > 0; level--) {
            td.byHost(tables, new TdhMemSeptAdd(0, SeptOperand.rcx(0, level), new Frame(level)));
            states.add(tables.snapshot());
        }
        for (State state : List.copyOf(states)) {
            for (int level = 0; level < 5; level++) {
                State locked = state.snapshot();
                td.tdx().sept().table(level).lock().set(locked, 0, SeptTable.Lock.HOST.ordinal());
                states.add(locked);
            }
        }
        for (State state : states) {
            perform(td, state, new TdhMemRangeBlock(0, 5));
            perform(td, state, new TdhMemRangeUnblock(0, 5));
            perform(td, state, new TdhMemSeptRd(0, 5));
            for (int level = 0; level < 5; level++) {
                entryCalls(level).forEach(call -> perform(td, state, call));
            }
        }
    }

    private void withFramesThatDoNotDo() {
        Td td = built();
        State state = td.start();
        td.byHost(state, new TdhMngInit(0, TdParams.of(1)));
        lock(td, state, LOCKED.index());
        for (int level = 3; level > 0; level--) {
            for (Frame frame : List.of(new Frame(-1), new Frame(-2), new Frame(level), LOCKED)) {
                perform(td, state, new TdhMemSeptAdd(0, SeptOperand.rcx(0, level), frame));
            }
            td.byHost(state, new TdhMemSeptAdd(0, SeptOperand.rcx(0, level), new Frame(level)));
        }
        td.byHost(state, new TdhMemPageAug(0, 0, new Frame(5)));
        for (Frame frame : List.of(new Frame(-1), new Frame(-2), new Frame(1), LOCKED)) {
            perform(td, state, new TdhMemPageAug(0, Geometry.SMALL, frame));
            perform(td, state, new TdhMemPageRelocate(0, 0, frame));
            perform(td, state, new TdhMemPageAdd(0, Geometry.SMALL, frame, FRAME));
        }
        State large = state.snapshot();
        td.byHost(large, new TdhMemPageAug(0, Geometry.LARGE | 1, new Frame(8)));
        for (Frame frame : List.of(new Frame(-1), new Frame(-2), new Frame(1), LOCKED)) {
            perform(td, large, new TdhMemPageDemote(0, Geometry.LARGE | 1, frame));
        }
        perform(td, state, new TdhVpCreate(0, 0, new Frame(-2)));
        State full = withVcpu(td, state);
        td.tdx().vps().pages().set(full, 0, Tdvps.MOST_PAGES);
        td.tdx().control().maxVcpus().set(full, 0);
        perform(td, full, new TdhVpInit(0, 0));
        td.tdx().vps().pages().set(full, 0, 1);
        perform(td, full, new TdhVpAddcx(0, 0, new Frame(-1)));
        perform(td, full, new TdhVpAddcx(0, 0, new Frame(-2)));
    }

    private void withoutPamt() {
        Td td = Td.withDynamicPamt(new Geometry(4, 28, 2), 1, TdOptions.of(EnumSet.of(TdxFeature.TABLES)));
        TdxModule module = td.module();
        State state = td.start();
        Frame none = new Frame(10);
        td.byHost(state, new TdhMngInit(0, TdParams.of(1)));
        td.byHost(state, TdhPhymemPamtAdd.of(module.map().hpa(0), module.map().hpa(8), module.map().hpa(9)));
        td.byHost(state, TdhPhymemPamtAdd.of(module.map().hpa(2), module.map().hpa(4), module.map().hpa(5)));
        perform(td, state, new TdhMemSeptAdd(0, SeptOperand.rcx(Geometry.LARGE, 1), none));
        td.byHost(state, new TdhMemSeptAdd(0, SeptOperand.rcx(Geometry.LARGE, 1), new Frame(0)));
        perform(td, state, new TdhMemPageAdd(0, Geometry.LARGE, none, FRAME));
        perform(td, state, new TdhMemPageAug(0, Geometry.LARGE, none));
        td.byHost(state, new TdhMemPageAug(0, Geometry.LARGE, new Frame(2)));
        perform(td, state, new TdhMemPageRelocate(0, Geometry.LARGE, none));
        td.byHost(state, new TdhMemPageAug(0, 1, new Frame(6)));
        perform(td, state, new TdhMemPageDemote(0, 1, none));
        perform(td, state, new TdhMemPageDemote(0, 1, new Frame(3)));
        perform(td, state, new TdhVpCreate(0, 0, none));
        td.byHost(state, new TdhVpCreate(0, 0, new Frame(1)));
        perform(td, state, new TdhVpAddcx(0, 0, none));
    }

    private void whenEntering() {
        Td td = built();
        State state = withVcpu(td, td.start());
        td.tdx().control().op().set(state, OpState.RUNNABLE);
        perform(td, state, new TdhVpEnter(0));
        td.tdx().vps().pages().set(state, 0, Tdvps.LEAST_PAGES + Tdvps.PAGES_PER_L2);
        perform(td, state, new TdhVpFlush(0, 0));
        td.tdx().vps().ready().set(state, 0, true);
        for (Kind kind : Kind.values()) {
            State locked = state.snapshot();
            td.tdx().locks().held().set(locked, kind.ordinal(), Held.EXCLUSIVE);
            perform(td, locked, new TdhVpEnter(0));
        }
        perform(td, state, new TdhVpEnter(0));
        td.tdx().vps().associate(state, 0, 0);
        performOn(td, state, 1, new TdhVpEnter(0));
        performOn(td, state, 1, new TdhVpFlush(0, 0));
        perform(td, state, new TdhVpFlush(0, 0));
    }

    private void byGuests() {
        Set<TdxFeature> features = EnumSet.of(TdxFeature.TABLES, TdxFeature.L2_TABLES, TdxFeature.ENTRY_LOCKS);
        Td td = Td.of(new Geometry(2, 12, 2), 1, TdOptions.of(features).keeping(5).withL2Vms(3));
        State state = td.start();
        for (int level = 4; level > 0; level--) {
            td.byHost(state, new TdhMemSeptAdd(0, SeptOperand.rcx(0, level), new Frame(level)));
            for (int asked = 1; asked <= 2; asked++) {
                perform(td, state, new TdgMemPageAttrWr(asked, 0, 0));
            }
        }
        td.byHost(state, new TdhMemPageAug(0, 0, new Frame(5)));
        for (int vm = 1; vm <= 3; vm++) {
            long attributes = 0x8001L << 16 * vm;
            for (int level = 4; level > 0; level--) {
                perform(td, state, new TdgMemPageAttrWr(0, attributes, 1L << 16 * vm));
                td.tdx().sept().table(level).l2Tables().set(state, 0, vm, 6 + vm);
            }
        }
        Td large = td();
        State huge = large.start();
        for (int level = 4; level > 2; level--) {
            large.byHost(huge, new TdhMemSeptAdd(0, SeptOperand.rcx(0, level), new Frame(level)));
        }
        large.tdx().sept().pdpt().map(huge, 0, SeptState.MAPPED, 0);
        perform(large, huge, new TdgMemPageAccept(0));
    }

    @Test
    void everyStatusComesAbout() {
        VectorsTest.vectors().forEach(vector -> vector.run(this::note));
        inEachState(td(), Stream.concat(entryCalls(0).stream(), entryCalls(1).stream()).toList());
        inEachState(built(), entryCalls(0));
        inEachState(built(), entryCalls(1));
        inEachState(built(), tdCalls());
        atEachEntry();
        withFramesThatDoNotDo();
        withoutPamt();
        whenEntering();
        byGuests();

        Set<String> missing = new TreeSet<>();
        List<Class<? extends Enum<?>>> all = new ArrayList<>();
        entryCalls(0).forEach(call -> all.add(call.endings().type()));
        all.addAll(List.of(
                TdhMngInit.Result.class,
                TdhVpCreate.Result.class,
                TdhVpAddcx.Result.class,
                TdhVpInit.Result.class,
                TdhMrExtend.Result.class,
                TdhMrFinalize.Result.class,
                TdhMemTrack.Result.class,
                TdhVpEnter.Result.class,
                TdhVpFlush.Result.class,
                TdgMemPageAccept.Result.class,
                TdgMemPageAttrRd.Result.class,
                TdgMemPageAttrWr.Result.class,
                TdgVpInvept.Result.class,
                TdgVpInfo.Result.class));
        for (Class<? extends Enum<?>> type : all) {
            for (Enum<?> status : type.getEnumConstants()) {
                if (!produced.getOrDefault(type, Set.of()).contains(status.name())) {
                    missing.add(type.getEnclosingClass().getSimpleName() + " " + status.name());
                }
            }
        }
        assertThat(missing).isEqualTo(OF_MIGRATION);
    }
}
