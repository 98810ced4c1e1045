package org.ringfence.machine.tdx.module;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.KeyIds;

/**
 * What a platform gives its TDX module, and how much of the module's data a machine has room for. What is absent costs
 * no bit and no move.
 *
 * @param version which module this is
 * @param packageOf the package of each logical processor, which is the actor of that index
 * @param keyIds which KeyIDs are private, and where an address holds one
 * @param cmrs convertible memory: ascending, 32 at most
 * @param seamRange the module's own memory, which no operand may name
 * @param tdmrs TDMRs that the host may configure, 64 at most
 * @param reserved reserved areas of a TDMR, 16 at most
 * @param entriesPerInit 4K PAMT entries that one TDH.SYS.TDMR.INIT writes: 1024 in life; up to 262,144, a whole 1G
 *     block
 * @param cacheParts sub-blocks in which TDH.PHYMEM.CACHE.WB writes back a package's cache; an interrupt may come
 *     between two
 * @param tds TDs that exist at the same time at most: one more waits
 * @param epochs the greatest BEPOCH that PAMT entries can hold; 0 where nobody asks
 * @param features what else the machine has
 */
public record ModuleOptions(
        ModuleVersion version,
        List<Integer> packageOf,
        KeyIds keyIds,
        List<MemoryRange> cmrs,
        MemoryRange seamRange,
        int tdmrs,
        int reserved,
        int entriesPerInit,
        int cacheParts,
        int tds,
        int epochs,
        List<ModuleFeature> features) {

    /** MAX_TDMRS. */
    public static final int MAX_TDMRS = 64;

    /** MAX_RESERVED_AREAS. */
    public static final int MAX_RESERVED_AREAS = 16;

    /** MAX_CMR. */
    public static final int MAX_CMRS = 32;

    /** 4K PAMT entries that one TDH.SYS.TDMR.INIT writes in life. */
    public static final int ENTRIES_PER_INIT = 1024;

    /** 4K pages in 1G. */
    public static final int ENTRIES_PER_BLOCK = 1 << 18;

    public ModuleOptions {
        packageOf = List.copyOf(packageOf);
        cmrs = List.copyOf(cmrs);
        features = List.copyOf(features);
        if (packageOf.isEmpty() || packageOf.stream().anyMatch(number -> number < 0 || number > 63)) {
            throw new IllegalArgumentException(
                    "a module runs on one logical processor at least, in packages from 0 to 63, not on " + packageOf);
        }
        if (keyIds.tdx() < 1) {
            throw new IllegalArgumentException("a module needs one private KeyID at least");
        }
        if (tdmrs < 1 || tdmrs > MAX_TDMRS || reserved < 0 || reserved > MAX_RESERVED_AREAS) {
            throw new IllegalArgumentException(
                    "a module takes 1 to 64 TDMRs with up to 16 reserved areas, not %d with %d"
                            .formatted(tdmrs, reserved));
        }
        if (entriesPerInit < 256 || ENTRIES_PER_BLOCK % entriesPerInit != 0) {
            throw new IllegalArgumentException(
                    "a call initializes whole pages of PAMT entries that divide 1G: 256, 1024 or 262144 entries, not "
                            + entriesPerInit);
        }
        if (cacheParts < 1) {
            throw new IllegalArgumentException("a cache is written back in one part at least");
        }
    }

    /**
     * A module 1.5.01 on {@code packages} packages of one logical processor, private KeyIDs 2 to 4, with room for two
     * TDs.
     */
    public static ModuleOptions small(int packages, List<MemoryRange> cmrs) {
        return new ModuleOptions(
                ModuleVersion.V1_5_01,
                IntStream.range(0, packages).boxed().toList(),
                new KeyIds(1, 3),
                cmrs,
                new MemoryRange(0, 0),
                1,
                2,
                ENTRIES_PER_BLOCK,
                1,
                2,
                0,
                List.of());
    }

    /** How many packages there are. */
    public int packages() {
        return packageOf.stream().mapToInt(Integer::intValue).max().orElseThrow() + 1;
    }

    /** The first private KeyID. */
    public int firstPrivate() {
        return keyIds.firstPrivate();
    }

    /** The last private KeyID. */
    public int lastPrivate() {
        return keyIds.last();
    }

    /** How many KeyIDs are private. */
    public int privateKeyIds() {
        return keyIds.tdx();
    }

    /** Whether {@code keyId}, a whole operand, is one of them. */
    public boolean isPrivate(long keyId) {
        return keyId >= firstPrivate() && keyId <= lastPrivate();
    }

    /** Whether the machine has this. */
    public boolean has(ModuleFeature feature) {
        return features.contains(feature);
    }

    /**
     * The end of convertible memory, rounded up to 1G: no TDMR that the module takes lies beyond but one that is
     * reserved whole.
     */
    public long highest() {
        long end = cmrs.stream().mapToLong(MemoryRange::end).max().orElse(PageSize.PT_1GB.bytes());
        return (end + PageSize.PT_1GB.bytes() - 1) & -PageSize.PT_1GB.bytes();
    }

    // ---- physical addresses

    /** The KeyID in a physical address. */
    public int keyId(long pa) {
        return keyIds.keyId(pa);
    }

    /** A physical address without its KeyID. */
    public long withoutKeyId(long pa) {
        return keyIds.hpa(pa);
    }

    /** The physical address {@code hpa} under {@code keyId}. */
    public long tag(long hpa, int keyId) {
        return keyIds.tag(hpa, keyId);
    }

    /**
     * Whether {@code pa} is aligned, below 2^52 and without KeyID: what an operand that names a private page must be.
     */
    public boolean isPlain(long pa, long alignment) {
        return (pa & alignment - 1) == 0 && pa >>> KeyIds.MAX_PA == 0 && keyId(pa) == 0;
    }

    /**
     * Whether {@code pa} is aligned, below 2^52, of a shared KeyID and outside the SEAM range: what an operand in
     * shared memory must be.
     */
    public boolean isShared(long pa, long alignment) {
        return (pa & alignment - 1) == 0
                && pa >>> KeyIds.MAX_PA == 0
                && keyId(pa) < firstPrivate()
                && !seamRange.overlaps(withoutKeyId(pa), alignment);
    }
}
