package org.ringfence.machine.memory;

import org.ringfence.machine.vocabulary.Meaning;

/**
 * What caches a machine has.
 *
 * @param packages that have a cache each; 0 when nothing is cached
 * @param sets 0: room for every line under every KeyID at once, which the checker wants, since then a line leaves
 *     only where someone decides so; else the number of sets, a power of two
 * @param ways lines of one set; of no meaning without sets
 * @param keepsClean whether lines that were only read are kept, and can go stale
 * @param coherence what happens to the same line under another KeyID
 * @param invd what INVD does
 */
public record CacheOptions(int packages, int sets, int ways, boolean keepsClean, Coherence coherence, Invd invd) {

    /** Whether hardware keeps copies of one line under several KeyIDs coherent. */
    public enum Coherence {
        /** It does not: Intel with MKTME, AMD without SME_COHERENT. */
        WITHIN_KEY,
        /**
         * A load that misses writes the other copies back, a store of a full line does not: AMD parts on which a guest
         * must read what it has just validated (COHERENCY_SFW_NO, CPUID 0x8000001F EBX bit 31, is 0; AMD-SB-3014).
         */
        ON_LOADS,
        /** It does: AMD with SME_COHERENT (CPUID 0x8000001F EAX bit 10). */
        ACROSS_KEYS
    }

    /** What INVD does. */
    public enum Invd {
        @Meaning("It drops dirty lines: AMD, up to CacheWarp (CVE-2023-20592) also lines of guests.")
        DROPS,
        @Meaning("It acts as WBINVD: AMD with the microcode that ends CacheWarp.")
        WRITES_BACK,
        @Meaning("It raises #GP: Intel, once the range of SEAM (PRMRR) is configured.")
        FAULTS
    }

    public CacheOptions {
        if (packages < 0) {
            throw new IllegalArgumentException("a machine has " + packages + " packages; it cannot have fewer than 0");
        }
        if (sets < 0 || Integer.bitCount(sets) > 1 || sets > 0 && ways < 1) {
            throw new IllegalArgumentException("a cache has " + sets + " sets of " + ways
                    + " lines; allowed are a power of two of one line at least, or 0 for room for every line");
        }
    }

    /** Nothing is cached. */
    public static CacheOptions none() {
        return new CacheOptions(0, 0, 0, false, Coherence.WITHIN_KEY, Invd.FAULTS);
    }

    /** Dirty lines, with room for each under every KeyID: for the checker. */
    public static CacheOptions everyLine(int packages) {
        return new CacheOptions(packages, 0, 0, false, Coherence.WITHIN_KEY, Invd.FAULTS);
    }

    /** {@code sets} sets of {@code ways} lines, clean ones included: for machines of real size. */
    public static CacheOptions setAssociative(int packages, int sets, int ways) {
        return new CacheOptions(packages, sets, ways, true, Coherence.WITHIN_KEY, Invd.FAULTS);
    }

    /** The same, but keeping lines that were only read. */
    public CacheOptions withCleanLines() {
        return new CacheOptions(packages, sets, ways, true, coherence, invd);
    }

    /** The same with another coherence. */
    public CacheOptions with(Coherence other) {
        return new CacheOptions(packages, sets, ways, keepsClean, other, invd);
    }

    /** The same with another INVD. */
    public CacheOptions with(Invd other) {
        return new CacheOptions(packages, sets, ways, keepsClean, coherence, other);
    }

    /** Whether anything is cached. */
    public boolean present() {
        return packages > 0;
    }
}
