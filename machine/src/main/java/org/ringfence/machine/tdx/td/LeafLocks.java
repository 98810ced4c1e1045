package org.ringfence.machine.tdx.td;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;

/**
 * The locks that each leaf function holds from the moment it has them until it commits. A leaf that finds one held by
 * another gives up with TDX_OPERAND_BUSY of what is locked (TDX_SYS_BUSY of the module); it waits for none. What a leaf
 * takes only for an instant, the locks of L2 entries and of their tables, and of the old page of TDH.MEM.PAGE.RELOCATE
 * and the page of TDH.MEM.PAGE.DEMOTE, are left out.
 *
 * <p>Source: TDX module 1.5.01, the file of each leaf; helpers.c (check_lock_and_map_explicit_tdr,
 * lock_and_map_implicit_tdr, check_state_map_tdcs_and_lock, lock_sept_check_and_walk_private_gpa); tdx_locks.h.
 */
public enum LeafLocks {
    /** No leaf. */
    NONE(Set.of(), Set.of()),
    TDH_VP_ENTER(Set.of(Lock.TDVPR, Lock.TDR, Lock.OP_STATE, Lock.TD_EPOCH), Set.of()),
    /** TDH.VP.ENTER of a vCPU whose host is suspected of single steps. */
    TDH_VP_ENTER_SUSPECTED(
            Set.of(Lock.TDVPR, Lock.TDR, Lock.OP_STATE, Lock.TD_EPOCH), Set.of(Lock.SEPT_TREE)),
    TDH_MNG_ADDCX(Set.of(), Set.of(Lock.TDR, Lock.PAGE)),
    TDH_MEM_PAGE_ADD(Set.of(), Set.of(Lock.TDR, Lock.PAGE)),
    TDH_MEM_SEPT_ADD(Set.of(Lock.TDR, Lock.OP_STATE, Lock.SEPT_TREE), Set.of(Lock.SEPT_ENTRY, Lock.PAGE)),
    TDH_VP_ADDCX(Set.of(Lock.TDR, Lock.OP_STATE), Set.of(Lock.TDVPR, Lock.PAGE)),
    TDH_MEM_PAGE_RELOCATE(Set.of(Lock.TDR, Lock.OP_STATE, Lock.SEPT_TREE), Set.of(Lock.SEPT_ENTRY, Lock.PAGE)),
    TDH_MEM_PAGE_AUG(Set.of(Lock.TDR, Lock.OP_STATE, Lock.SEPT_TREE), Set.of(Lock.SEPT_ENTRY, Lock.PAGE)),
    TDH_MEM_RANGE_BLOCK(Set.of(Lock.TDR, Lock.OP_STATE), Set.of(Lock.SEPT_TREE, Lock.SEPT_ENTRY)),
    TDH_MNG_KEY_CONFIG(Set.of(), Set.of(Lock.TDR, Lock.KET)),
    TDH_MNG_CREATE(Set.of(), Set.of(Lock.PAGE, Lock.KOT)),
    TDH_VP_CREATE(Set.of(Lock.TDR, Lock.OP_STATE), Set.of(Lock.PAGE)),
    TDH_MEM_PAGE_DEMOTE(Set.of(Lock.TDR, Lock.OP_STATE, Lock.SEPT_TREE), Set.of(Lock.SEPT_ENTRY, Lock.PAGE)),
    TDH_MR_EXTEND(Set.of(), Set.of(Lock.TDR)),
    TDH_MR_FINALIZE(Set.of(), Set.of(Lock.TDR)),
    TDH_VP_FLUSH(Set.of(Lock.TDR), Set.of(Lock.TDVPR)),
    TDH_MNG_VPFLUSHDONE(Set.of(), Set.of(Lock.TDR, Lock.KOT)),
    TDH_MNG_KEY_FREEID(Set.of(), Set.of(Lock.TDR, Lock.KOT)),
    TDH_MNG_INIT(Set.of(), Set.of(Lock.TDR)),
    TDH_VP_INIT(Set.of(Lock.TDR, Lock.OP_STATE), Set.of(Lock.TDVPR)),
    TDH_MEM_PAGE_PROMOTE(Set.of(Lock.TDR, Lock.OP_STATE, Lock.SEPT_TREE), Set.of(Lock.SEPT_ENTRY, Lock.PAGE)),
    TDH_MEM_SEPT_RD(Set.of(Lock.TDR, Lock.OP_STATE, Lock.SEPT_TREE), Set.of(Lock.SEPT_ENTRY)),
    TDH_PHYMEM_PAGE_RECLAIM(Set.of(Lock.TDR), Set.of(Lock.PAGE)),
    TDH_MEM_PAGE_REMOVE(Set.of(Lock.TDR, Lock.OP_STATE, Lock.SEPT_TREE), Set.of(Lock.SEPT_ENTRY, Lock.PAGE)),
    TDH_MEM_SEPT_REMOVE(Set.of(Lock.TDR, Lock.OP_STATE), Set.of(Lock.SEPT_TREE, Lock.SEPT_ENTRY, Lock.PAGE)),
    TDH_SYS_KEY_CONFIG(Set.of(), Set.of(Lock.SYS, Lock.KET)),
    TDH_SYS_INIT(Set.of(), Set.of(Lock.SYS)),
    TDH_SYS_LP_INIT(Set.of(Lock.SYS), Set.of()),
    TDH_SYS_TDMR_INIT(Set.of(), Set.of(Lock.TDMR)),
    TDH_MEM_TRACK(Set.of(Lock.TDR, Lock.OP_STATE), Set.of(Lock.TD_EPOCH)),
    TDH_MEM_RANGE_UNBLOCK(Set.of(Lock.TDR, Lock.OP_STATE), Set.of(Lock.SEPT_TREE, Lock.SEPT_ENTRY)),
    TDH_PHYMEM_CACHE_WB(Set.of(Lock.KOT), Set.of(Lock.WBCACHE)),
    TDH_PHYMEM_PAMT_ADD(Set.of(), Set.of(Lock.PAGE)),
    TDH_PHYMEM_PAMT_REMOVE(Set.of(), Set.of(Lock.PAGE)),
    TDH_SYS_CONFIG(Set.of(), Set.of(Lock.SYS)),
    TDH_SYS_SHUTDOWN(Set.of(), Set.of(Lock.SYS)),
    TDG_MEM_PAGE_ACCEPT(Set.of(), Set.of(Lock.SEPT_ENTRY)),
    TDG_MEM_PAGE_ATTR_RD(Set.of(), Set.of(Lock.SEPT_ENTRY)),
    TDG_MEM_PAGE_ATTR_WR(Set.of(), Set.of(Lock.SEPT_ENTRY));

    /** What is locked. */
    public enum Lock {
        /** The root page of a TD, in its PAMT entry. */
        TDR,
        /** The root page of a vCPU, in its PAMT entry. */
        TDVPR,
        /** The OP_STATE of a TD. */
        OP_STATE,
        /** The Secure EPT of a TD as a whole. */
        SEPT_TREE,
        /** One entry of it; a guest that finds a host waiting for one gives way. */
        SEPT_ENTRY,
        /** The TD_EPOCH of a TD. */
        TD_EPOCH,
        /** Another page that the leaf is given, or takes away, in its PAMT entry; or 2M, in that of its 2M. */
        PAGE,
        /** The whole module: TDX_SYS_BUSY. */
        SYS,
        /** The KeyID ownership table. */
        KOT,
        /** The encryption engine of a package. */
        KET,
        /** The write-back of caches on a package. */
        WBCACHE,
        /** A TDMR. */
        TDMR
    }

    private static final LeafLocks[] ALL = values();

    private final int shared;
    private final int exclusive;

    LeafLocks(Set<Lock> shared, Set<Lock> exclusive) {
        this.shared = bits(shared);
        this.exclusive = bits(exclusive);
    }

    private static int bits(Set<Lock> locks) {
        return locks.stream().mapToInt(lock -> 1 << lock.ordinal()).sum();
    }

    /** Those of the leaf of this mnemonic. */
    public static LeafLocks of(String mnemonic) {
        return valueOf(mnemonic.replace('.', '_'));
    }

    /** How the leaf holds {@code lock}; {@link Held#FREE} where it takes it not. */
    public Held held(Lock lock) {
        int bit = 1 << lock.ordinal();
        return (exclusive & bit) != 0 ? Held.EXCLUSIVE : (shared & bit) != 0 ? Held.SHARED : Held.FREE;
    }

    /** Whether a leaf that wants {@code lock} so must give up while this one is under way. */
    public boolean excludes(Lock lock, Held wanted) {
        Held now = held(lock);
        return wanted != Held.FREE && now != Held.FREE && (now == Held.EXCLUSIVE || wanted == Held.EXCLUSIVE);
    }

    /** Leaves of the host's, or TDCALLs, during which this one finds {@code lock} busy. */
    public List<LeafLocks> busyDuring(Lock lock) {
        return Arrays.stream(ALL).filter(other -> other.excludes(lock, held(lock))).toList();
    }

    @Override
    public String toString() {
        return this == TDH_VP_ENTER_SUSPECTED
                ? "TDH.VP.ENTER (suspected of zero steps)"
                : name().replace("ATTR_", "ATTR.").replace('_', '.');
    }
}
