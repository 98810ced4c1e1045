package org.ringfence.machine.tdx.module.sys;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.module.TdmrLayout;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * {@link TdhSysConfig} with TDMRs that have a name, so that it is text.
 *
 * @param rcx address of the array of addresses
 * @param r8 the global private KeyID
 */
public record TdhSysConfigLayout(TdmrLayout layout, long rcx, long r8) implements SystemCall.Coded {

    /** The call. */
    private TdhSysConfig call() {
        TdhSysConfig good = TdhSysConfig.of(layout.tdmrs(), 0);
        return new TdhSysConfig(rcx, good.rdx(), r8, good.tdmrs());
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_SYS_CONFIG;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        return call().body(machine, module, guards, lp);
    }
}
