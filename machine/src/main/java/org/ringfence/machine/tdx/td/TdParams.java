package org.ringfence.machine.tdx.td;

import org.ringfence.machine.tdx.module.HostWords;
import org.ringfence.machine.tdx.sept.AddressWidth;

/**
 * TD_PARAMS, as far as memory goes. Source: TDX module 1.5.01, tdh_mng_init.c (read_and_set_td_configurations,
 * verify_and_set_td_eptp_controls).
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

    /**
     * What stands for parameters at an address that is not shared memory, or not aligned: TDX_OPERAND_INVALID of RDX.
     */
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
     * As they lie in memory at {@code pa}. What they say of CPUID and of IA32_ARCH_CAPABILITIES is not read. Source:
     * TDX module 1.5.01, tdx_api_defs.h (td_params_s).
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

    /** Whether ATTRIBUTES has bits that the module does not know. */
    public boolean hasUnknownAttributes() {
        return (attributes & ~KNOWN_ATTRIBUTES) != 0;
    }

    /** Whether XFAM lacks x87 or SSE. */
    public boolean lacksLegacyXfam() {
        return (xfam & LEGACY_XFAM) != LEGACY_XFAM;
    }

    /** Whether there are more L2 VMs than a TD can have. */
    public boolean hasTooManyL2Vms() {
        return numL2Vms > MOST_L2_VMS;
    }

    /** Whether CONFIG_FLAGS has bits that the module does not know. */
    public boolean hasUnknownFlags() {
        return (configFlags & ~KNOWN_FLAGS) != 0;
    }

    /** Whether EPTP_CONTROLS are those of no Secure EPT, or of one too small for the addresses. */
    public boolean hasWrongEptp() {
        return (eptpControls & ~0x3F) != 0
                || (eptpControls & 7) != WRITE_BACK
                || levels() < 4
                || levels() > 5
                || isWide() && levels() < 5;
    }

    /** Whether TSC_FREQUENCY is out of bounds. */
    public boolean hasWrongFrequency() {
        return tscFrequency < LEAST_FREQUENCY || tscFrequency > MOST_FREQUENCY;
    }

    private int levels() {
        return (int) (eptpControls >> 3 & 7) + 1;
    }

    private boolean isWide() {
        return (configFlags & 1) != 0;
    }

    /** Refuses parameters of a TD whose Secure EPT is another than the machine's. */
    public void require(TdOptions options) {
        boolean isRefused = !reserved || hasUnknownFlags() || hasWrongEptp();
        if (!isRefused && (levels() != options.levels() || isWide() != (options.width() == AddressWidth.BITS_52))) {
            throw new IllegalArgumentException(
                    "the machine has a Secure EPT of %d levels and addresses of %d bits; these parameters ask for another"
                            .formatted(options.levels(), options.width().bits()));
        }
    }
}
