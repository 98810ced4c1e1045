package org.ringfence.machine.tdx.law;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Law;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.HoldModuleLock;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.ModuleLocks.Kind;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.SystemState;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * What a leaf on another logical processor holds the lock of, nobody else changes meanwhile: pages, KeyIDs, TDMRs, the
 * write-back of a cache, the module itself.
 */
public record LockedStays(TdxModule module) implements Law {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State before, Actor actor, Operation<?> operation, State after) {
        if (!module.locks().kept() || operation instanceof HoldModuleLock) {
            return 0;
        }
        boolean good = (isFree(before, Kind.SYS, 0) || module.system().get(before) == module.system().get(after))
                && (isFree(before, Kind.KOT, 0) || !isReady(before) || areKeysSame(before, after))
                && areCachesSame(before, after)
                && areTdmrsSame(before, after)
                && arePagesSame(before, after);
        return good ? Property.ACCOUNTING.exercised() : Property.ACCOUNTING.broken();
    }

    private boolean isFree(State before, Kind kind, int number) {
        return module.locks().held(before, kind, number) == Held.FREE;
    }

    /** Before that nobody can hold the KOT's lock, and TDH.SYS.CONFIG takes the whole module's instead. */
    private boolean isReady(State before) {
        return module.system().is(before, 0, SystemState.SYS_READY);
    }

    private boolean areKeysSame(State before, State after) {
        for (int i = 0; i < module.options().privateKeyIds(); i++) {
            if (module.keys().state().ordinal(before, i) != module.keys().state().ordinal(after, i)) {
                return false;
            }
        }
        return true;
    }

    private boolean areCachesSame(State before, State after) {
        for (int number = 0; number < module.options().packages(); number++) {
            if (isFree(before, Kind.WBCACHE, number)) {
                continue;
            }
            for (int i = 0; i < module.options().privateKeyIds(); i++) {
                boolean waited = module.keys().writeBack().has(before, i, number);
                if (waited && !module.keys().writeBack().has(after, i, number)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean areTdmrsSame(State before, State after) {
        for (int i = 0; i < module.tdmrs().count().get(before); i++) {
            if (!isFree(before, Kind.TDMR, i)
                    && module.tdmrs().calls().get(before, i) != module.tdmrs().calls().get(after, i)) {
                return false;
            }
        }
        return true;
    }

    private boolean arePagesSame(State before, State after) {
        for (int frame = 0; frame < module.map().geometry().frames(); frame++) {
            if (!isFree(before, Kind.PAGE, frame)
                    && module.pamt().covers(before, module.map().hpa(frame))
                    && module.pamt().type(before, frame, PageSize.PT_4KB)
                            != module.pamt().type(after, frame, PageSize.PT_4KB)) {
                return false;
            }
        }
        return true;
    }
}
