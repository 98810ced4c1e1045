package org.ringfence.machine.tdx;

/** What a TD, its host and a case may have. What is absent costs no bit and no move. */
public enum TdxFeature {
    /**
     * ATTRIBUTES bit 28: an access to a pending page leaves for the host. Without it the guest gets a virtualization exception (#VE).
     */
    SEPT_VE_DISABLE,
    /**
     * The host's tables of 4K entries exist from the start, under every entry of the level above, so that it can map 4K pages only. Without it
     * every entry of level 2M starts FREE and takes 2M pages only, until TDH.MEM.SEPT.ADD is there. Of no meaning on a machine without
     * large pages, where tables of 4K entries always exist.
     */
    SEPT_PAGES,
    /** A page may be mapped shared, by a second EPT that the host writes as it likes. */
    SHARED_PAGES,
    /** One L2 VM, with an L2 Secure EPT whose tables exist. */
    L2_VM,
    /**
     * Blocked pages wait for TDH.MEM.TRACK and for vCPUs to leave, as in life. Without it a blocked page counts as tracked at once; that shows
     * a guest nothing that a host which kicks every vCPU does not show it too, in fewer steps and states.
     */
    TLB_TRACKING,
    /** Why and where a vCPU left the TD is kept for the host to read. An honest host needs it. */
    EXIT_DETAILS,
    /** A host interrupt may stop a 2M accept between two 4K pages. Of no meaning on a machine without large pages. */
    INTERRUPTS,
    /** Another logical CPU of the host may hold the lock of a Secure EPT entry when the guest wants it. */
    ENTRY_LOCKS
}
