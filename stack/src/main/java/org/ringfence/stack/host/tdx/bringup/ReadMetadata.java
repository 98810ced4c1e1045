package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;

/** TDH.SYS.RD of what Linux needs for TDMRs: get_tdx_sys_info(), without the fields that only guests need. */
record ReadMetadata(Host host, Injection injection) implements Routine<BringUpErrno> {

    /**
     * A field of the module's global metadata, by its identifier. Source: Linux,
     * arch/x86/virt/vmx/tdx/tdx_global_metadata.c.
     */
    enum Field {
        TDX_FEATURES0(0x0A00_0003_0000_0008L),
        MAX_TDMRS(0x9100_0001_0000_0008L),
        MAX_RESERVED_PER_TDMR(0x9100_0001_0000_0009L),
        PAMT_4K_ENTRY_SIZE(0x9100_0001_0000_0010L),
        PAMT_2M_ENTRY_SIZE(0x9100_0001_0000_0011L),
        PAMT_1G_ENTRY_SIZE(0x9100_0001_0000_0012L);

        private final long identifier;

        Field(long identifier) {
            this.identifier = identifier;
        }
    }

    @Override
    public BringUpErrno run(Cpu cpu) {
        for (Field field : Field.values()) {
            BringUpErrno read = Calls.call(
                    cpu, new Seamcall(host.on(), Calls.read(field.identifier)), Call.SYS_RD, field.ordinal() + 1,
                    injection);
            if (read != BringUpErrno.OK) {
                return read;
            }
        }
        return BringUpErrno.OK;
    }
}
