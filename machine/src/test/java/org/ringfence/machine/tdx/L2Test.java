package org.ringfence.machine.tdx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRemove;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeBlock;
import org.ringfence.machine.tdx.td.L2Access;
import org.ringfence.machine.tdx.td.TdExitReason;
import org.ringfence.machine.tdx.td.TdxFeature;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAttrWr;

/** What an L2 gets to of its L1's pages. */
class L2Test {
    private final Td td = Td.of(
            new Geometry(1, 2, 1), 2,
            Td.features(TdxFeature.L2_VM, TdxFeature.EXIT_DETAILS, TdxFeature.SEPT_VE_DISABLE));
    private final Actor l2 = new Actor(1, Principal.INNER_GUEST, "L2");
    private final State state = td.start();

    private long byL2(Operation<?> operation) {
        return operation.on(td.machine(), l2).take(state);
    }

    private void map() {
        td.byHost(state, new TdhMemPageAug(0, Level.SIZE_4K, new Frame(1)));
        td.byGuest(state, new TdgMemPageAccept(0, Level.SIZE_4K));
        td.byGuest(state, new Store(0, Value.DATA));
    }

    @Test
    void aPageThatIsPendingGoesToL1() {
        td.byHost(state, new TdhMemPageAug(0, Level.SIZE_4K, new Frame(1)));
        td.byGuest(state, TdgMemPageAttrWr.grant(0, Level.SIZE_4K, L2Access.READ_WRITE));

        assertThat(byL2(new Load(0))).isEqualTo(Outcome.WAITS);
        assertThat(td.tdx().vcpus().exitReason(state, 1)).isEqualTo(TdExitReason.NONE);
    }

    @Test
    void aPageThatIsNotThereGoesToTheHost() {
        assertThat(byL2(new Load(0))).isEqualTo(Outcome.EXITS);
        assertThat(td.tdx().vcpus().exitReason(state, 1)).isEqualTo(TdExitReason.EPT_VIOLATION);
    }

    @Test
    void aPageIsReadWhereL1GrantsIt() {
        map();
        assertThat(byL2(new Load(0))).as("not granted").isEqualTo(Outcome.WAITS);

        td.byGuest(state, TdgMemPageAttrWr.grant(0, Level.SIZE_4K, L2Access.READ));

        assertThat(byL2(new Load(0))).isEqualTo(Loaded.DATA.ordinal());
        assertThat(Property.CONFIDENTIALITY.isBrokenIn(state.observed())).as("L2 sees L1's data").isTrue();
        assertThat(byL2(new Store(0, Value.INNER))).as("read only").isEqualTo(Outcome.WAITS);
    }

    @Test
    void aPageIsWrittenWhereL1GrantsItAndNoMoreOnceTakenBack() {
        map();
        td.byGuest(state, TdgMemPageAttrWr.grant(0, Level.SIZE_4K, L2Access.READ_WRITE));
        assertThat(byL2(new Store(0, Value.INNER))).isEqualTo(Stored.STORED.ordinal());

        td.byGuest(state, TdgMemPageAttrWr.revoke(0, Level.SIZE_4K, false));

        assertThat(byL2(new Store(0, Value.INNER))).isEqualTo(Outcome.WAITS);
    }

    @Test
    void aGrantDoesNotOutliveThePage() {
        map();
        td.byGuest(state, TdgMemPageAttrWr.grant(0, Level.SIZE_4K, L2Access.READ_WRITE));
        td.byHost(state, new TdhMemRangeBlock(0, Level.SIZE_4K));
        td.byHost(state, new TdhMemPageRemove(0, Level.SIZE_4K));

        map();

        assertThat(td.tdx().access().l2Access(state, 0)).isEqualTo(L2Access.NONE);
        assertThat(byL2(new Load(0))).isEqualTo(Outcome.WAITS);
    }

    @Test
    void anL2IsNoL1() {
        assertThatThrownBy(() -> new TdgMemPageAccept(0).on(td.machine(), l2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("L2");
    }
}
