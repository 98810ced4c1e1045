package org.ringfence.stack.guest.linux.convert;

import org.ringfence.machine.vocabulary.Meaning;

/**
 * Which comes first, the entry of the direct map or the state that host and hardware have for the page. The right order
 * on SEV-SNP is the wrong one on TDX.
 */
public enum ConversionOrder {
    @Meaning("Linux. On TDX no page is ever mapped private while it is shared: such an access can only end the "
            + "TD. On SEV-SNP no page is ever mapped shared while it is private.")
    LINUX,
    @Meaning("The other platform's.")
    SWAPPED,
    @Meaning("The entry is not present while the state changes: Hyper-V's guests (arch/x86/hyperv/ivm.c, "
            + "hv_vtom_clear_present), and tdx_kexec_finish.")
    UNMAPPED
}
