package org.ringfence.machine.tdx.abi;

import java.util.Map;

/**
 * Numbers by which a completion status names the operand at fault, in its low 32 bits. Source: TDX module 1.5.01,
 * tdx_error_codes_defs.h.
 */
public final class OperandId {
    public static final int RAX = 0;
    public static final int RCX = 1;
    public static final int RDX = 2;
    public static final int RBX = 3;
    public static final int RBP = 5;
    public static final int RSI = 6;
    public static final int RDI = 7;
    public static final int R8 = 8;
    public static final int R9 = 9;
    public static final int R10 = 10;
    public static final int R11 = 11;
    public static final int R12 = 12;
    public static final int R13 = 13;
    public static final int R14 = 14;
    public static final int R15 = 15;

    /** Fields of TD_PARAMS. */
    public static final int ATTRIBUTES = 64;

    public static final int XFAM = 65;
    public static final int EXEC_CONTROLS = 66;
    public static final int EPTP_CONTROLS = 67;
    public static final int MAX_VCPUS = 68;
    public static final int CPUID_CONFIG = 69;
    public static final int TSC_FREQUENCY = 70;
    public static final int NUM_L2_VMS = 71;

    /** The page of TD_INFO. */
    public static final int TDMR_INFO_PA = 96;

    /** Control structures. */
    public static final int TDR = 128;

    public static final int TDCX = 129;
    public static final int TDVPR = 130;
    public static final int TDCS = 144;
    public static final int TDVPS = 145;

    /** The whole Secure EPT, as locked by the operation. */
    public static final int SEPT_TREE = 146;

    public static final int SEPT_ENTRY = 147;

    /** What the module locks for a while. */
    public static final int TD_EPOCH = 169;

    public static final int OP_STATE = 172;
    public static final int SYS = 184;
    public static final int TDMR = 185;

    /** The KeyID ownership table. */
    public static final int KOT = 186;

    /** The key encryption table of a package, which PCONFIG writes. */
    public static final int KET = 187;

    /** The mutex of TDH.PHYMEM.CACHE.WB, one a package. */
    public static final int WBCACHE = 188;

    /**
     * By the names above, and {@code 4K}, {@code 2M}, {@code 1G} for the level where that is what the low bits hold.
     */
    static final Map<String, Integer> BY_NAME = Map.ofEntries(
            Map.entry("RAX", RAX),
            Map.entry("RCX", RCX),
            Map.entry("RDX", RDX),
            Map.entry("RBX", RBX),
            Map.entry("RBP", RBP),
            Map.entry("RSI", RSI),
            Map.entry("RDI", RDI),
            Map.entry("R8", R8),
            Map.entry("R9", R9),
            Map.entry("R10", R10),
            Map.entry("R11", R11),
            Map.entry("R12", R12),
            Map.entry("R13", R13),
            Map.entry("R14", R14),
            Map.entry("R15", R15),
            Map.entry("ATTRIBUTES", ATTRIBUTES),
            Map.entry("XFAM", XFAM),
            Map.entry("EXEC_CONTROLS", EXEC_CONTROLS),
            Map.entry("EPTP_CONTROLS", EPTP_CONTROLS),
            Map.entry("MAX_VCPUS", MAX_VCPUS),
            Map.entry("CPUID_CONFIG", CPUID_CONFIG),
            Map.entry("TSC_FREQUENCY", TSC_FREQUENCY),
            Map.entry("NUM_L2_VMS", NUM_L2_VMS),
            Map.entry("TDMR_INFO_PA", TDMR_INFO_PA),
            Map.entry("TDR", TDR),
            Map.entry("TDCX", TDCX),
            Map.entry("TDVPR", TDVPR),
            Map.entry("TDCS", TDCS),
            Map.entry("TDVPS", TDVPS),
            Map.entry("SEPT_TREE", SEPT_TREE),
            Map.entry("SEPT_ENTRY", SEPT_ENTRY),
            Map.entry("TD_EPOCH", TD_EPOCH),
            Map.entry("OP_STATE", OP_STATE),
            Map.entry("SYS", SYS),
            Map.entry("TDMR", TDMR),
            Map.entry("KOT", KOT),
            Map.entry("KET", KET),
            Map.entry("WBCACHE", WBCACHE),
            Map.entry("4K", 0),
            Map.entry("2M", 1),
            Map.entry("1G", 2));

    private OperandId() {}
}
