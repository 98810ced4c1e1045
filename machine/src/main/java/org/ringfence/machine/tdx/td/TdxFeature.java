package org.ringfence.machine.tdx.td;

import org.ringfence.machine.tdx.seamcall.TdhMemSeptAddTables;

/** What a TD, its host and a case may have. What is absent costs no bit and no move. */
public enum TdxFeature {
    /**
     * ATTRIBUTES bit 28: an access to a pending page leaves for the host. Without it the guest gets a virtualization
     * exception (#VE).
     */
    SEPT_VE_DISABLE,
    /**
     * The host's tables of 4K entries exist from the start, under every entry of the level above, so that it can map 4K
     * pages only. Without it every entry of level 2M starts FREE and takes 2M pages only, until TDH.MEM.SEPT.ADD is
     * there. Of no meaning on a machine without large pages, where tables of 4K entries always exist.
     */
    SEPT_PAGES,
    /** A page may be mapped shared, by a second EPT that the host writes as it likes. */
    SHARED_PAGES,
    /** One L2 VM, with an L2 Secure EPT whose tables exist. */
    L2_VM,
    /**
     * Blocked pages wait for TDH.MEM.TRACK and for vCPUs to leave, as in life. Without it a blocked page counts as
     * tracked at once; that shows a guest nothing that a host which kicks every vCPU does not show it too, in fewer
     * steps and states.
     */
    TLB_TRACKING,
    /** Why and where a vCPU left the TD is kept for the host to read. An honest host needs it. */
    EXIT_DETAILS,
    /** A host interrupt may stop a 2M accept between two 4K pages. Of no meaning on a machine without large pages. */
    INTERRUPTS,
    /**
     * Another logical CPU of the host, or another vCPU, may hold the lock of a Secure EPT entry when someone wants it.
     */
    ENTRY_LOCKS,
    /**
     * Another logical CPU of the host may hold a lock of the TD: its TDR, OP_STATE, the tree of the Secure EPT,
     * TD_EPOCH.
     */
    TD_LOCKS,
    /**
     * A leaf on a TD takes two steps: it takes its locks, and later commits and gives them back. Others find them busy
     * in between. Without it a leaf is one step.
     */
    STEPS,
    /**
     * The host adds, removes, splits and joins tables of the Secure EPT, which take frames. Without it tables are where
     * the machine begins with them.
     */
    TABLES,
    /**
     * L2 VMs have no tables but those that the host adds beside L1's, by {@link TdhMemSeptAddTables}. Needs
     * {@link #TABLES} to be of use.
     */
    L2_TABLES,
    /** All attributes of L2 VMs' pages are kept, not R and W only. */
    L2_ATTRIBUTES,
    /**
     * A vCPU runs L1, or an L2 VM that L1 has entered; and comes back to L1. Without it an L2 is an actor with a CPU of
     * its own.
     */
    L2_ENTRY,
    /** Logical CPUs keep translations until they are flushed. */
    TLBS,
    /** vCPUs are associated with logical CPUs: TDH.VP.ENTER and TDH.VP.FLUSH tell on which. */
    ASSOCIATION,
    /** What the host leaves in R11 with an answer RETRY to MapGPA is kept for the guest. */
    MAP_GPA_RETRY,
    /** TDH.VP.ENTER suspects a host that resumes a vCPU again and again without the page that it asks for. */
    ZERO_STEP,
    /** The #VE information area of each vCPU: a second #VE before TDG.VP.VEINFO.GET is a double fault. */
    VE_INFO
}
