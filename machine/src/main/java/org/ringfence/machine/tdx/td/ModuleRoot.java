package org.ringfence.machine.tdx.td;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.LifecycleState;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.PageMetadata.Found;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.Tdr;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * The root of a TD that the module keeps: TDH.MNG.CREATE makes it, TDH.PHYMEM.PAGE.RECLAIM of its last page ends it.
 *
 * @param td its number
 */
public record ModuleRoot(
        TdxModule module,
        int td,
        boolean checksReady,
        boolean checksShutDown,
        boolean checksLocks,
        boolean checksFatal)
        implements
            TdRoot {

    static ModuleRoot of(TdxModule module, int td, Guards guards) {
        return new ModuleRoot(
                module,
                td,
                guards.checks(TdxGuard.SYSTEM_IS_READY),
                guards.checks(TdxGuard.SYSTEM_IS_NOT_SHUT_DOWN),
                guards.checks(TdxGuard.PAGE_OPERAND_IS_NOT_LOCKED),
                guards.checks(TdxGuard.TD_IS_NOT_FATAL));
    }

    @Override
    public boolean hasLife() {
        return true;
    }

    @Override
    public int frame(State state) {
        return module.tdr().frame().get(state, td);
    }

    @Override
    public Ending dispatch(State state, int lp) {
        return module.dispatch(state, lp, checksShutDown, checksReady);
    }

    @Override
    public Ending lockTdr(State state, int lp, Held held, Ending invalid, Ending busy) {
        int root = frame(state);
        if (root == FrameRef.NONE) {
            return invalid;
        }
        return switch (find(state, lp, root, PageType.PT_TDR, held)) {
            case OK -> module.readRoot(state, lp, td) ? TdxStatus.TDX_SUCCESS : NoReturn.MACHINE_CHECK;
            case BUSY -> busy;
            case MACHINE_CHECK -> NoReturn.MACHINE_CHECK;
            case ADDR_RANGE_ERROR, METADATA_INCORRECT, MISSING_PAMT_PAGE_PAIR, IS_PAMT -> invalid;
        };
    }

    @Override
    public Ending checkTd(State state) {
        if (checksFatal && isFatal(state)) {
            return TdxStatus.TDX_TD_FATAL;
        }
        if (!hasKey(state)) {
            return TdxStatus.TDX_TD_KEYS_NOT_CONFIGURED;
        }
        return tdcx(state) < Tdr.LEAST_TDCX ? TdxStatus.TDX_TDCS_NOT_ALLOCATED : TdxStatus.TDX_SUCCESS;
    }

    @Override
    public boolean hasKey(State state) {
        return frame(state) != FrameRef.NONE
                && module.tdr().lifecycle().is(state, td, LifecycleState.TD_KEYS_CONFIGURED);
    }

    @Override
    public int keyId(State state) {
        return module.keyId(state, td);
    }

    @Override
    public int tdcx(State state) {
        return module.tdr().tdcx().get(state, td);
    }

    @Override
    public boolean isFatal(State state) {
        return module.tdr().fatal().get(state, td);
    }

    @Override
    public void die(State state) {
        module.tdr().fatal().set(state, td, true);
    }

    @Override
    public void consume(State state, int lp) {
        module.consumePoison(state, lp);
        state.observe(Property.AVAILABILITY.broken());
    }

    @Override
    public int lp(Actor actor) {
        return module.lp(actor);
    }

    @Override
    public boolean comesBack(State state, int lp) {
        return !module.seam().shutDown().get(state, lp);
    }

    @Override
    public boolean hasTree(State state) {
        return hasKey(state)
                || frame(state) != FrameRef.NONE
                        && module.tdr().lifecycle().is(state, td, LifecycleState.TD_BLOCKED);
    }

    private Found find(State state, int lp, int frame, int level, PageType type, Held held) {
        Held wanted = checksLocks ? held : Held.FREE;
        return module.pamt().find(state, lp, module.map().hpa(frame), PageSize.ofLevel(level), type, wanted);
    }

    @Override
    public Found findFree(State state, int lp, int frame, int level) {
        Found found = find(state, lp, frame, level, PageType.PT_NDA, Held.EXCLUSIVE);
        return found == Found.OK && level > 0 && !module.pamt().isFreeThroughout(state, frame)
                ? Found.METADATA_INCORRECT
                : found;
    }

    @Override
    public boolean isFree(State state, int frame) {
        return module.pamt().isFree(state, frame);
    }

    @Override
    public Found find(State state, int lp, int frame, PageType type, Held held) {
        return find(state, lp, frame, 0, type, held);
    }

    @Override
    public boolean isHeld(State state, int frame, int level) {
        return checksLocks
                && frame != FrameRef.NONE
                && module.pamt().isBusy(state, frame, PageSize.ofLevel(level), Held.EXCLUSIVE);
    }

    @Override
    public void take(State state, int frame, int level, PageType type) {
        module.addChild(state, td, frame, PageSize.ofLevel(level), type);
    }

    @Override
    public void giveBack(State state, int frame, int level) {
        module.removeChild(state, td, frame, PageSize.ofLevel(level));
    }

    @Override
    public void join(State state, int frame, int level) {
        module.pamt().promote(state, frame, PageSize.ofLevel(level));
    }

    @Override
    public void split(State state, int frame, int level) {
        module.pamt().demote(state, frame, PageSize.ofLevel(level));
    }

    @Override
    public boolean takesPamt(State state, int level) {
        return level == PageSize.PT_2MB.ordinal() && module.pamt().dynamic().isEnabled(state);
    }

    @Override
    public long removalHint(State state, int frame, int level) {
        return module.pamt().removalHint(state, frame, PageSize.values()[level]);
    }

    @Override
    public int pamtPage(State state, int frame, boolean secondHalf) {
        return module.pamt().dynamic().page(state, frame, secondHalf);
    }

    @Override
    public Found findForPamt(State state, int lp, int frame) {
        return module.pamt().findForPamt(state, lp, frame, checksLocks);
    }

    @Override
    public void addPamt(State state, int frame, int first, int second) {
        module.pamt().addPair(state, frame, first, second);
    }

    @Override
    public void removePamt(State state, int frame) {
        module.pamt().removePair(state, frame);
    }

    @Override
    public long own(State state, PageType type) {
        return module.pamt().owned(state, frame(state), type);
    }

    @Override
    public long used(State state) {
        return 0;
    }
}
