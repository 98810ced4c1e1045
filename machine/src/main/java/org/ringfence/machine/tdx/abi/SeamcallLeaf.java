package org.ringfence.machine.tdx.abi;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Leaf functions of the host's interface, by their numbers in RAX[15:0] of a SEAMCALL, with the highest version
 * (RAX[23:16]) that the module takes: 0 but for five. Those about dynamic PAMT are of later modules than 1.5.01.
 * Source: TDX module 1.5.01 and commit 1666adc, tdx_api_defs.h and tdx_vmm_dispatcher.c.
 */
public enum SeamcallLeaf {
    TDH_VP_ENTER(0),
    TDH_MNG_ADDCX(1),
    TDH_MEM_PAGE_ADD(2),
    TDH_MEM_SEPT_ADD(3, 1),
    TDH_VP_ADDCX(4),
    TDH_MEM_PAGE_RELOCATE(5),
    TDH_MEM_PAGE_AUG(6),
    TDH_MEM_RANGE_BLOCK(7),
    TDH_MNG_KEY_CONFIG(8),
    TDH_MNG_CREATE(9),
    TDH_VP_CREATE(10),
    TDH_MNG_RD(11, 1),
    TDH_MEM_RD(12),
    TDH_MNG_WR(13),
    TDH_MEM_WR(14),
    TDH_MEM_PAGE_DEMOTE(15),
    TDH_MR_EXTEND(16),
    TDH_MR_FINALIZE(17),
    TDH_VP_FLUSH(18),
    TDH_MNG_VPFLUSHDONE(19),
    TDH_MNG_KEY_FREEID(20),
    TDH_MNG_INIT(21),
    TDH_VP_INIT(22),
    TDH_MEM_PAGE_PROMOTE(23, 1),
    TDH_PHYMEM_PAGE_RDMD(24),
    TDH_MEM_SEPT_RD(25),
    TDH_VP_RD(26, 1),
    TDH_MNG_KEY_RECLAIMID(27),
    TDH_PHYMEM_PAGE_RECLAIM(28),
    TDH_MEM_PAGE_REMOVE(29),
    TDH_MEM_SEPT_REMOVE(30, 1),
    TDH_SYS_KEY_CONFIG(31),
    TDH_SYS_INFO(32),
    TDH_SYS_INIT(33),
    TDH_SYS_RD(34),
    TDH_SYS_LP_INIT(35),
    TDH_SYS_TDMR_INIT(36),
    TDH_SYS_RDALL(37),
    TDH_MEM_TRACK(38),
    TDH_MEM_RANGE_UNBLOCK(39),
    TDH_PHYMEM_CACHE_WB(40),
    TDH_PHYMEM_PAGE_WBINVD(41),
    TDH_MEM_SEPT_WR(42),
    TDH_VP_WR(43),
    TDH_SYS_LP_SHUTDOWN(44),
    TDH_SYS_CONFIG(45),
    TDH_SERVTD_BIND(48),
    TDH_SERVTD_PREBIND(49),
    TDH_SYS_SHUTDOWN(52),
    TDH_SYS_UPDATE(53),
    TDH_PHYMEM_PAMT_ADD(58),
    TDH_PHYMEM_PAMT_REMOVE(59),
    TDH_EXPORT_ABORT(64),
    TDH_EXPORT_BLOCKW(65),
    TDH_EXPORT_RESTORE(66),
    TDH_EXPORT_MEM(68),
    TDH_EXPORT_PAUSE(70),
    TDH_EXPORT_TRACK(71),
    TDH_EXPORT_STATE_IMMUTABLE(72),
    TDH_EXPORT_STATE_TD(73),
    TDH_EXPORT_STATE_VP(74),
    TDH_EXPORT_UNBLOCKW(75),
    TDH_IMPORT_ABORT(80),
    TDH_IMPORT_END(81),
    TDH_IMPORT_COMMIT(82),
    TDH_IMPORT_MEM(83),
    TDH_IMPORT_TRACK(84),
    TDH_IMPORT_STATE_IMMUTABLE(85),
    TDH_IMPORT_STATE_TD(86),
    TDH_IMPORT_STATE_VP(87),
    TDH_MIG_STREAM_CREATE(96);

    private static final Map<Integer, SeamcallLeaf> BY_NUMBER =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(SeamcallLeaf::number, Function.identity()));

    private static final int RCX = 1;
    private static final int RDX = 1 << 1;
    private static final int R8 = 1 << 2;
    private static final int R9 = 1 << 3;
    private static final int R10 = 1 << 4;
    private static final int R11 = 1 << 5;

    private final int number;
    private final int highestVersion;

    SeamcallLeaf(int number) {
        this(number, 0);
    }

    SeamcallLeaf(int number, int highestVersion) {
        this.number = number;
        this.highestVersion = highestVersion;
    }

    /** RAX[15:0]. */
    public int number() {
        return number;
    }

    /** Whether the module takes this {@code version}; the dispatcher lets any other than 0 pass for five leaves. */
    public boolean accepts(int version) {
        return version == 0 || highestVersion > 0;
    }

    /**
     * Whether the leaf runs before the system is ready; the others end with {@link TdxStatus#TDX_SYS_NOT_READY} until
     * then.
     */
    public boolean runsBeforeReady() {
        return switch (this) {
            case TDH_SYS_KEY_CONFIG,
                    TDH_SYS_INFO,
                    TDH_SYS_INIT,
                    TDH_SYS_RD,
                    TDH_SYS_LP_INIT,
                    TDH_SYS_RDALL,
                    TDH_SYS_LP_SHUTDOWN,
                    TDH_SYS_CONFIG,
                    TDH_SYS_UPDATE ->
                true;
            default -> false;
        };
    }

    /**
     * Sets to zero what the leaf sets to zero before its first check; the other registers keep what the caller had
     * there.
     */
    public void clear(Outputs outputs) {
        int cleared = cleared();
        if ((cleared & RCX) != 0) {
            outputs.rcx(0);
        }
        if ((cleared & RDX) != 0) {
            outputs.rdx(0);
        }
        if ((cleared & R8) != 0) {
            outputs.r8(0);
        }
        if ((cleared & R9) != 0) {
            outputs.r9(0);
        }
        if ((cleared & R10) != 0) {
            outputs.r10(0);
        }
        if ((cleared & R11) != 0) {
            outputs.r11(0);
        }
    }

    /** Source: TDX module 1.5.01, the first lines of each leaf in src/vmm_dispatcher/api_calls. */
    private int cleared() {
        return switch (this) {
            case TDH_MEM_PAGE_ADD,
                    TDH_MEM_SEPT_ADD,
                    TDH_MEM_PAGE_RELOCATE,
                    TDH_MEM_PAGE_AUG,
                    TDH_MEM_RANGE_BLOCK,
                    TDH_MEM_PAGE_DEMOTE,
                    TDH_MR_EXTEND,
                    TDH_MEM_PAGE_PROMOTE,
                    TDH_MEM_SEPT_RD,
                    TDH_MEM_PAGE_REMOVE,
                    TDH_MEM_SEPT_REMOVE,
                    TDH_MEM_RANGE_UNBLOCK ->
                RCX | RDX;
            case TDH_PHYMEM_PAGE_RECLAIM, TDH_PHYMEM_PAGE_RDMD -> RCX | RDX | R8 | R9 | R10 | R11;
            case TDH_SYS_INIT -> RCX | RDX | R8 | R9 | R10;
            case TDH_SYS_LP_INIT -> RCX | RDX | R8;
            case TDH_SYS_INFO -> RDX | R9;
            case TDH_SYS_TDMR_INIT -> RDX;
            case TDH_SYS_RD -> R8;
            case TDH_MNG_INIT -> RCX;
            default -> 0;
        };
    }

    /** The leaf with this number. */
    public static Optional<SeamcallLeaf> of(int number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }

    /** The manual's spelling, for example {@code TDH.MEM.PAGE.AUG}. */
    public String mnemonic() {
        return name().replace('_', '.');
    }
}
