package org.ringfence.machine.tdx.module.sys;

import java.util.Arrays;
import java.util.Optional;
import org.ringfence.machine.tdx.module.ModuleOptions;
import org.ringfence.machine.tdx.module.TdmrInfo;

/**
 * Fields of the module's metadata that TDH.SYS.RD reads here: those that a host needs to bring TDX up. Source: TDX
 * module 1.5.01, global_sys_fields_lookup.c; Linux, arch/x86/virt/vmx/tdx/tdx_global_metadata.c, and for dynamic PAMT
 * the patches "TDX: Enable Dynamic PAMT".
 */
public enum SysField {
    MINOR_VERSION(0x0800_0001_0000_0003L),
    MAJOR_VERSION(0x0800_0001_0000_0004L),
    TDX_FEATURES0(0x0A00_0003_0000_0008L),
    NUM_CMRS(0x9000_0001_0000_0000L),
    MAX_TDMRS(0x9100_0001_0000_0008L),
    MAX_RESERVED_PER_TDMR(0x9100_0001_0000_0009L),
    PAMT_4K_ENTRY_SIZE(0x9100_0001_0000_0010L),
    PAMT_2M_ENTRY_SIZE(0x9100_0001_0000_0011L),
    PAMT_1G_ENTRY_SIZE(0x9100_0001_0000_0012L),
    /** Bits of the bitmap of PAMT pages for each 4K; of a module with dynamic PAMT. */
    PAMT_PAGE_BITMAP_ENTRY_BITS(0x9100_0001_0000_0013L);

    /** Bit 18 of TDX_FEATURES0, without which Linux does not use a module. */
    static final long NO_RBP_MOD = 1L << 18;

    /** Bit 36 of TDX_FEATURES0: the host can choose dynamic PAMT. */
    public static final long DYNAMIC_PAMT = 1L << 36;

    private final long id;

    SysField(long id) {
        this.id = id;
    }

    /** MD_FIELD_ID. */
    public long id() {
        return id;
    }

    /** The field with this number. */
    static Optional<SysField> of(long id) {
        return Arrays.stream(values()).filter(field -> field.id == id).findFirst();
    }

    /** Whether the module has it. */
    boolean isOf(ModuleOptions options) {
        return this != PAMT_PAGE_BITMAP_ENTRY_BITS || options.version().hasDynamicPamt();
    }

    /** The number of the field behind this one; all ones behind the last. */
    long next(ModuleOptions options) {
        int next = ordinal() + 1;
        return next < values().length && values()[next].isOf(options) ? values()[next].id : -1;
    }

    /** Its value. */
    long value(ModuleOptions options) {
        return switch (this) {
            case MINOR_VERSION -> 5;
            case MAJOR_VERSION -> 1;
            case TDX_FEATURES0 -> NO_RBP_MOD | (options.version().hasDynamicPamt() ? DYNAMIC_PAMT : 0);
            case NUM_CMRS -> options.cmrs().size();
            case MAX_TDMRS -> ModuleOptions.MAX_TDMRS;
            case MAX_RESERVED_PER_TDMR -> ModuleOptions.MAX_RESERVED_AREAS;
            case PAMT_4K_ENTRY_SIZE, PAMT_2M_ENTRY_SIZE, PAMT_1G_ENTRY_SIZE -> TdmrInfo.PAMT_ENTRY;
            case PAMT_PAGE_BITMAP_ENTRY_BITS -> 1;
        };
    }
}
