package org.ringfence.machine.tdx.law;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Law;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.SystemState;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.sys.SystemCall;

/** The module's state only goes forward, and once it is shut down no leaf changes anything of what it keeps. */
public record ShutDownStays(TdxModule module) implements Law {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State before, Actor actor, Operation<?> operation, State after) {
        SystemState from = module.system().get(before);
        if (module.system().get(after).compareTo(from) < 0) {
            return Property.ACCOUNTING.broken();
        }
        if (from != SystemState.SYS_SHUTDOWN || !(operation instanceof SystemCall<?>)) {
            return 0;
        }
        for (int frame = 0; frame < module.map().geometry().frames(); frame++) {
            if (module.pamt().type(before, frame, PageSize.PT_4KB)
                    != module.pamt().type(after, frame, PageSize.PT_4KB)) {
                return Property.ACCOUNTING.broken();
            }
        }
        for (int i = 0; i < module.options().privateKeyIds(); i++) {
            if (module.keys().state().ordinal(before, i) != module.keys().state().ordinal(after, i)) {
                return Property.ACCOUNTING.broken();
            }
        }
        return Property.ACCOUNTING.exercised();
    }
}
