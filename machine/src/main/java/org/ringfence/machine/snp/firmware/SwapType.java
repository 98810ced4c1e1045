package org.ringfence.machine.snp.firmware;

/** What kind of page is swapped. */
public enum SwapType {
    /** A guest's page. */
    DATA,
    /** A guest's VMSA page. */
    VMSA,
    /** A Metadata page. */
    METADATA
}
