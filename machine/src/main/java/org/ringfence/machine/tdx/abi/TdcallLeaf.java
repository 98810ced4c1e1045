package org.ringfence.machine.tdx.abi;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Leaf functions of the guest's interface, by their numbers in RAX[15:0] of a TDCALL. Source: TDX module 1.5.01,
 * tdx_api_defs.h.
 */
public enum TdcallLeaf {
    TDG_VP_VMCALL(0),
    TDG_VP_INFO(1),
    TDG_MR_RTMR_EXTEND(2),
    TDG_VP_VEINFO_GET(3),
    TDG_MR_REPORT(4),
    TDG_VP_CPUIDVE_SET(5),
    TDG_MEM_PAGE_ACCEPT(6),
    TDG_VM_RD(7),
    TDG_VM_WR(8),
    TDG_VP_RD(9),
    TDG_VP_WR(10),
    TDG_SYS_RD(11),
    TDG_SYS_RDALL(12),
    TDG_SERVTD_RD(18),
    TDG_SERVTD_WR(20),
    TDG_MR_VERIFYREPORT(22),
    TDG_MEM_PAGE_ATTR_RD(23),
    TDG_MEM_PAGE_ATTR_WR(24),
    TDG_VP_ENTER(25),
    TDG_VP_INVEPT(26),
    TDG_VP_INVVPID(27);

    private static final Map<Integer, TdcallLeaf> BY_NUMBER =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(TdcallLeaf::number, Function.identity()));

    private final int number;

    TdcallLeaf(int number) {
        this.number = number;
    }

    /** RAX[15:0]. */
    public int number() {
        return number;
    }

    /**
     * Sets to zero what the leaf tells nothing in, or sets to zero where it fails; the other registers keep what the
     * caller had there. Source: TDX module 1.5.01, each leaf in src/td_dispatcher/vm_exits.
     */
    public void clear(Outputs outputs) {
        switch (this) {
            case TDG_MEM_PAGE_ATTR_RD, TDG_MEM_PAGE_ATTR_WR -> {
                outputs.rcx(0);
                outputs.rdx(0);
            }
            case TDG_VP_VEINFO_GET -> {
                outputs.rcx(0);
                outputs.rdx(0);
                outputs.r8(0);
                outputs.r9(0);
                outputs.r10(0);
            }
            case TDG_VP_INFO -> outputs.r11(0);
            default -> {}
        }
    }

    /** The leaf with this number. */
    public static Optional<TdcallLeaf> of(int number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }

    /** The manual's spelling, for example {@code TDG.MEM.PAGE.ACCEPT}. */
    public String mnemonic() {
        return name().replace('_', '.');
    }
}
