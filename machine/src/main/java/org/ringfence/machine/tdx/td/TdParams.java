package org.ringfence.machine.tdx.td;

import org.ringfence.machine.tdx.module.HostWords;
import org.ringfence.machine.tdx.sept.AddressWidth;

/**
 * TD_PARAMS, as far as memory goes. Source: TDX module 1.5.01, tdh_mng_init.c (read_and_set_td_configurations, verify_and_set_td_eptp_controls).
 *
 * @param attributes bit 0 DEBUG, bit 28 SEPT_VE_DISABLE, bit 29 MIGRATABLE, 30 PKS, 31 KL, 63 PERFMON
 * @param xfam bits 0 and 1 must be set
 * @param maxVcpus not 0
 * @param numL2Vms 0 to 3
 * @param configFlags bit 0 GPAW; bits 63:2 are reserved
 * @param eptpControls bits 2:0 memory type, 6 for write-back; 5:3 page-walk length less one
 * @param tscFrequency in units of 25 MHz, 4 to 400
 * @param reserved whether the reserved fields are zero
 */
public record TdParams(
        long attributes,
        long xfam,
        int maxVcpus,
        int numL2Vms,
        long configFlags,
        long eptpControls,
        int tscFrequency,
        boolean reserved) {
    /** ATTRIBUTES.SEPT_VE_DISABLE. */
    public static final long SEPT_VE_DISABLE = 1L << 28;

    /** ATTRIBUTES.DEBUG. */
    public static final long DEBUG = 1;

    /** Alignment of TD_PARAMS in memory, and their size, in bytes. */
    public static final int BYTES = 1024;

    /** What stands for parameters at an address that is not shared memory, or not aligned: TDX_OPERAND_INVALID of RDX. */
    public static final TdParams ELSEWHERE = new TdParams(0, 0, 0, 0, 0, 0, 0, false);

    private static final long RESERVED_0 = 0xFFFF_FFFF_FE00_0000L;
    private static final int WORDS_UP_TO_CPUID = 32;

    private static final long KNOWN_ATTRIBUTES = DEBUG | SEPT_VE_DISABLE | 1L << 29 | 1L << 30 | 1L << 31 | 1L << 63;
    private static final long LEGACY_XFAM = 3;
    private static final int MOST_L2_VMS = 3;
    private static final long KNOWN_FLAGS = 3;
    private static final int WRITE_BACK = 6;
    private static final int LEAST_FREQUENCY = 4;
    private static final int MOST_FREQUENCY = 400;

    /** A TD without L2 VMs, of 48 bits and four levels. */
    public static TdParams of(int maxVcpus) {
        return new TdParams(SEPT_VE_DISABLE, LEGACY_XFAM, maxVcpus, 0, 0, WRITE_BACK | 3 << 3, 40, true);
    }

    /**
     * As they lie in memory at {@code pa}. What they say of CPUID and of IA32_ARCH_CAPABILITIES is not read. Source: TDX module 1.5.01, tdx_api_defs.h
     * (td_params_s).
     */
    public static TdParams read(HostWords memory, long pa) {
        long third = memory.read(pa + 16);
        long sixth = memory.read(pa + 40);
        long rest = third & RESERVED_0 | sixth & -1L << 16;
        for (int word = 6; word < 10; word++) {
            rest |= memory.read(pa + 8L * word);
        }
        for (int word = 29; word < WORDS_UP_TO_CPUID; word++) {
            rest |= memory.read(pa + 8L * word);
        }
        return new TdParams(
                memory.read(pa),
                memory.read(pa + 8),
                (int) third & 0xFFFF,
                (int) (third >> 16) & 0xFF,
                memory.read(pa + 32),
                memory.read(pa + 24),
                (int) sixth & 0xFFFF,
                rest == 0);
    }

    public Refusal refusedBeforeTdcs() {
        if (equals(ELSEWHERE)) {
            return Refusal.TDX_OPERAND_INVALID_RDX;
        }
        if ((attributes & ~KNOWN_ATTRIBUTES) != 0) {
            return Refusal.TDX_OPERAND_INVALID_ATTRIBUTES;
        }
        if ((xfam & LEGACY_XFAM) != LEGACY_XFAM) {
            return Refusal.TDX_OPERAND_INVALID_XFAM;
        }
        if (maxVcpus == 0) {
            return Refusal.TDX_OPERAND_INVALID_MAX_VCPUS;
        }
        return numL2Vms > MOST_L2_VMS ? Refusal.TDX_OPERAND_INVALID_NUM_L2_VMS : Refusal.TDX_SUCCESS;
    }

    /** What is refused after the number of TDCS pages has been found sufficient. */
    public Refusal refusedAfterTdcs(TdOptions options) {
        if (!reserved) {
            return Refusal.TDX_OPERAND_INVALID_RDX;
        }
        if ((configFlags & ~KNOWN_FLAGS) != 0) {
            return Refusal.TDX_OPERAND_INVALID_EXEC_CONTROLS;
        }
        int levels = (int) (eptpControls >> 3 & 7) + 1;
        boolean wide = (configFlags & 1) != 0;
        if ((eptpControls & ~0x3F) != 0
                || (eptpControls & 7) != WRITE_BACK
                || levels < 4
                || levels > 5
                || wide && levels < 5) {
            return Refusal.TDX_OPERAND_INVALID_EPTP_CONTROLS;
        }
        if (levels != options.levels() || wide != (options.width() == AddressWidth.BITS_52)) {
            throw new IllegalArgumentException(
                    "the machine has a Secure EPT of %d levels and addresses of %d bits; these parameters ask for another"
                            .formatted(options.levels(), options.width().bits()));
        }
        return tscFrequency < LEAST_FREQUENCY || tscFrequency > MOST_FREQUENCY
                ? Refusal.TDX_OPERAND_INVALID_TSC_FREQUENCY
                : Refusal.TDX_SUCCESS;
    }
}
