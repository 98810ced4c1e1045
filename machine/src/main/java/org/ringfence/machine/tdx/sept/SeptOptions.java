package org.ringfence.machine.tdx.sept;

/**
 * What a machine keeps of a Secure EPT. What is absent costs no bit.
 *
 * @param name what its tables are called before the words "Secure EPT", where a machine has several; mostly empty
 * @param kept levels whose entries are kept, from the lowest on
 * @param levels of the tree: 4, or 5
 * @param vms L2 VMs, 0 to 3
 * @param attributeBits of each L2 VM's {@link PageAttributes}: 2 for R and W only, 8 for all
 * @param l2Tables whether L2 VMs lack tables until the host adds them
 * @param ages the greatest age of a blocked entry; 0 where nobody tracks TLBs
 * @param interruptible whether a 2M accept keeps a counter
 * @param locks whether entries have locks
 */
public record SeptOptions(
        String name,
        int kept,
        int levels,
        int vms,
        int attributeBits,
        boolean l2Tables,
        int ages,
        boolean interruptible,
        boolean locks) {
    public SeptOptions {
        if (levels < 4 || levels > Sept.LEVELS) {
            throw new IllegalArgumentException("a Secure EPT has 4 or 5 levels, not " + levels);
        }
        if (kept < 1 || kept > levels) {
            throw new IllegalArgumentException("of a Secure EPT of " + levels + " levels, 1 to " + levels
                    + " can be kept, not " + kept);
        }
        if (vms < 0 || vms > 3) {
            throw new IllegalArgumentException("a TD has 0 to 3 L2 VMs, not " + vms);
        }
    }

    /** The level of the highest entries: 3 for PML4, 4 for PML5. */
    public int highest() {
        return levels - 1;
    }
}
