package org.ringfence.machine.tdx.law;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.KeyIdState;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * The module has what its state promises: in SYS_READY TDMRs and, on every package, the key of a KeyID that is private;
 * and on a module that wants it, every logical processor initialized. Before that no PAMT is initialized and no TD is
 * there. And of the leaves that change the whole module one runs at a time.
 */
public record BroughtUpInOrder(TdxModule module) implements Invariant {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State state) {
        boolean good =
                switch (module.system().get(state)) {
                    case SYSINIT_PENDING, SYSINIT_DONE, SYSCONFIG_DONE -> !anything(state);
                    case SYS_READY -> isReady(state);
                    case SYS_SHUTDOWN -> true;
                };
        return good && inKeyConfig(state) <= 1 ? Property.ACCOUNTING.exercised() : Property.ACCOUNTING.broken();
    }

    private boolean anything(State state) {
        for (int i = 0; i < module.tdmrs().count().get(state); i++) {
            if (module.tdmrs().calls().get(state, i) > 0) {
                return true;
            }
        }
        for (int td = 0; td < module.options().tds(); td++) {
            if (module.tdr().frame().get(state, td) != FrameRef.NONE) {
                return true;
            }
        }
        return false;
    }

    private boolean isReady(State state) {
        boolean hasLps = !module.options().version().initializesEveryLpFirst() || module.isEveryLpInitialized(state);
        int own = module.seam().hkid().get(state);
        return hasLps
                && module.packages().get(state, 0) == module.allPackages()
                && module.tdmrs().count().get(state) > 0
                && own >= module.options().firstPrivate()
                && module.keys().of(state, own) == KeyIdState.HKID_RESERVED;
    }

    private int inKeyConfig(State state) {
        int count = 0;
        for (int lp = 0; lp < module.options().packageOf().size(); lp++) {
            count += module.inKeyConfig().get(state, lp);
        }
        return count;
    }

    @Override
    public String hurt(State state) {
        return "the module is %s, its own KeyID is %d, %d of %d packages have its key, %d TDH.SYS.KEY.CONFIG run"
                .formatted(
                        module.system().get(state),
                        module.seam().hkid().get(state),
                        Long.bitCount(module.packages().get(state, 0)),
                        module.options().packages(),
                        inKeyConfig(state));
    }
}
