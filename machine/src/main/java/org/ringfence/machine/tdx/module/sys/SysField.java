package org.ringfence.machine.tdx.module.sys;

import java.util.Arrays;
import java.util.Optional;
import org.ringfence.machine.tdx.module.ModuleOptions;
import org.ringfence.machine.tdx.module.TdmrInfo;

/**
 * Fields of the module's metadata that TDH.SYS.RD reads here: those that a host needs to bring TDX up. Source: TDX
 * module 1.5.01, global_sys_fields_lookup.c; Linux, arch/x86/virt/vmx/tdx/tdx_global_metadata.c.
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
    PAMT_1G_ENTRY_SIZE(0x9100_0001_0000_0012L);

    /** Bit 18 of TDX_FEATURES0, without which Linux does not use a module. */
    static final long NO_RBP_MOD = 1L << 18;

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

    /** The number of the field behind this one; all ones behind the last. */
    long next() {
        return ordinal() + 1 < values().length ? values()[ordinal() + 1].id : -1;
    }

    /** Its value. */
    long value(ModuleOptions options) {
        return switch (this) {
            case MINOR_VERSION -> 5;
            case MAJOR_VERSION -> 1;
            case TDX_FEATURES0 -> NO_RBP_MOD;
            case NUM_CMRS -> options.cmrs().size();
            case MAX_TDMRS -> ModuleOptions.MAX_TDMRS;
            case MAX_RESERVED_PER_TDMR -> ModuleOptions.MAX_RESERVED_AREAS;
            case PAMT_4K_ENTRY_SIZE, PAMT_2M_ENTRY_SIZE, PAMT_1G_ENTRY_SIZE -> TdmrInfo.PAMT_ENTRY;
        };
    }
}
