package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.PHYMEM.PAGE.WBINVD, SEAMCALL leaf 41, on a machine that has a TD and not the module as a system: writes back and
 * drops every line of a page that caches hold under the TD's KeyID. The page must be free. Its operand names a frame,
 * so that what is wrong with an address cannot happen;
 * {@link org.ringfence.machine.tdx.module.phymem.TdhPhymemPageWbinvd} takes addresses. Source: TDX module 1.5.01,
 * tdh_phymem_page_wbinvd.c.
 *
 * @param td the TD whose KeyID it is, from 0
 */
public record TdhPhymemPageWbinvdOfTd(int td, Frame frame) implements Operation<TdhPhymemPageWbinvdOfTd.Result> {

    /** How TDH.PHYMEM.PAGE.WBINVD ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_PAGE_METADATA_INCORRECT_RCX
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, td);
        Memory memory = tdx.memory();
        return state -> {
            if (!tdx.isFree(state, frame.index(), 1)) {
                return Result.TDX_PAGE_METADATA_INCORRECT_RCX.ordinal();
            }
            memory.flush(state, frame.index(), tdx.keyId(state));
            return Result.TDX_SUCCESS.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "TDH.PHYMEM.PAGE.WBINVD";
    }
}
