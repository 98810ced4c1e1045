package org.ringfence.machine.tdx.module;

/** What the module uses a page for. Source: TDX module 1.5.01, pamt_manager.h. */
public enum PageType {
    /** Not given to the module. */
    PT_NDA(0),
    /** In a reserved area of its TDMR. */
    PT_RSVD(1),
    /** A TD's private page. */
    PT_REG(3),
    /** A TD's root page. */
    PT_TDR(4),
    /** A page of TDCS, or of a TDVPS but its first. */
    PT_TDCX(5),
    /** The first page of a TDVPS. */
    PT_TDVPR(6),
    /** A table of a Secure EPT. */
    PT_EPT(8);

    private final int number;

    PageType(int number) {
        this.number = number;
    }

    /** The number in a PAMT entry. */
    public int number() {
        return number;
    }
}
