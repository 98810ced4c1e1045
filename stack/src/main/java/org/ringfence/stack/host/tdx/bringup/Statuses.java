package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.tdx.abi.TdxStatus;

/**
 * What Linux makes of RAX after a SEAMCALL. The instruction itself has three ways to fail, for which Linux uses numbers
 * of a class that the module never does. Source: Linux, arch/x86/include/asm/tdx.h, arch/x86/virt/vmx/tdx/tdx.c
 * (sc_retry_prerr).
 */
public final class Statuses {
    /** TDX_SEAMCALL_VMFAILINVALID: no module, or TDX is disabled on the platform. */
    public static final long VMFAILINVALID = TdxStatus.TDX_SEAMCALL_VMFAILINVALID.code();
    /** TDX_SEAMCALL_GP: TDX is not enabled by the BIOS. */
    public static final long GP = 0x8000_FF00_0000_000DL;
    /** TDX_SEAMCALL_UD: the processor is not in VMX operation. */
    public static final long UD = 0x8000_FF00_0000_0006L;

    static final long KEY_GENERATION_FAILED = TdxStatus.TDX_KEY_GENERATION_FAILED.code();
    static final long NO_ENTROPY = TdxStatus.TDX_RND_NO_ENTROPY.code();
    static final long SYS_BUSY = TdxStatus.TDX_SYS_BUSY.code();

    private Statuses() {}

    /** The errno for {@code rax}: informational statuses are failures too. */
    static BringUpErrno errno(long rax) {
        if (rax == 0) {
            return BringUpErrno.OK;
        }
        if (rax == VMFAILINVALID) {
            return BringUpErrno.ENODEV;
        }
        if (rax == GP) {
            return BringUpErrno.EOPNOTSUPP;
        }
        return rax == UD ? BringUpErrno.EACCES : BringUpErrno.EIO;
    }

    /** Name and number. */
    public static String print(long rax) {
        String name = TdxStatus.of(rax).map(Enum::name).orElse("an unknown status");
        return rax == 0 ? name : "%s (0x%016X)".formatted(name, rax);
    }
}
