package org.ringfence.stack.host.tdx;

import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.tdx.seamcall.TdhVpEnter;

/** What TDH.VP.ENTER means to a host whose vCPU has run before. */
public enum Entered {
    /** The vCPU is inside. */
    INSIDE,
    /** Somebody else holds what the leaf needs; the host calls again. */
    BUSY,
    /** The TD runs no more. */
    GONE;

    /** Of this result; a {@link Panic} where it should not come. */
    public static Entered of(TdhVpEnter.Result result) {
        return switch (result) {
            case TDX_SUCCESS -> INSIDE;
            case TDX_TD_FATAL, TDX_SEAMCALL_VMFAILINVALID -> GONE;
            case TDX_OPERAND_BUSY_RCX,
                    TDX_OPERAND_BUSY_TDR,
                    TDX_OPERAND_BUSY_OP_STATE,
                    TDX_OPERAND_BUSY_TD_EPOCH,
                    TDX_OPERAND_BUSY_SEPT_TREE ->
                BUSY;
            case TDX_SYS_SHUTDOWN,
                    TDX_SYS_NOT_READY,
                    TDX_OPERAND_INVALID_RCX,
                    TDX_PAGE_METADATA_INCORRECT_RCX,
                    TDX_TD_KEYS_NOT_CONFIGURED,
                    TDX_TDCS_NOT_ALLOCATED,
                    TDX_OP_STATE_INCORRECT,
                    TDX_TDCX_NUM_INCORRECT,
                    TDX_VCPU_STATE_INCORRECT ->
                throw new Panic("TDH.VP.ENTER fails on a vCPU that has run before");
            case TDX_VCPU_ASSOCIATED ->
                throw new Panic("the vCPU is associated with another logical CPU than the host calls from");
        };
    }
}
