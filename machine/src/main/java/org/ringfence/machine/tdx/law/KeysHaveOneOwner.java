package org.ringfence.machine.tdx.law;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.KeyIdState;
import org.ringfence.machine.tdx.module.LifecycleState;
import org.ringfence.machine.tdx.module.ModuleOptions;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * The KeyID ownership table and the TDs agree: a TD that lives has a KeyID that is assigned, one that is blocked a
 * KeyID that waits for the caches; no two of them have the same, and none has the module's own. No TD has pages before
 * every package has its key.
 */
public record KeysHaveOneOwner(TdxModule module) implements Invariant {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State state) {
        ModuleOptions options = module.options();
        for (int keyId = options.firstPrivate(); keyId <= options.lastPrivate(); keyId++) {
            if (!isRight(state, keyId)) {
                return Property.ACCOUNTING.broken();
            }
        }
        for (int td = 0; td < options.tds(); td++) {
            if (module.tdr().frame().get(state, td) != FrameRef.NONE
                    && module.tdr().lifecycle().is(state, td, LifecycleState.TD_HKID_ASSIGNED)
                    && module.tdr().children().get(state, td) > 0) {
                return Property.ACCOUNTING.broken();
            }
        }
        return Property.ACCOUNTING.exercised();
    }

    private boolean isRight(State state, int keyId) {
        KeyIdState known = module.keys().of(state, keyId);
        int owners = 0;
        for (int td = 0; td < module.options().tds(); td++) {
            if (module.tdr().frame().get(state, td) == FrameRef.NONE || module.keyId(state, td) != keyId) {
                continue;
            }
            LifecycleState now = module.tdr().lifecycle().get(state, td);
            KeyIdState due =
                    switch (now) {
                        case TD_HKID_ASSIGNED, TD_KEYS_CONFIGURED -> KeyIdState.HKID_ASSIGNED;
                        case TD_BLOCKED -> KeyIdState.HKID_FLUSHED;
                        case TD_TEARDOWN -> known;
                    };
            if (due != known) {
                return false;
            }
            owners += now == LifecycleState.TD_TEARDOWN ? 0 : 1;
        }
        return switch (known) {
            case HKID_FREE, HKID_RESERVED -> owners == 0;
            case HKID_ASSIGNED, HKID_FLUSHED -> owners == 1;
        };
    }

    @Override
    public String hurt(State state) {
        return "a KeyID that the KOT tells other things of than the TDs do, or a TD with pages and without a key";
    }
}
