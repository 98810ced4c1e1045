package org.ringfence.machine.memory;

import org.ringfence.machine.vocabulary.Meaning;

/**
 * What a memory and its controller have beside contents. What is absent costs no bit and no move.
 *
 * @param integrity what the controller keeps with each line to check reads
 * @param crossKey what a read under another private KeyID than the writer's finds in {@link Integrity#LOGICAL};
 *     open in the sources
 * @param poison whether poison sticks to a line; without, a check that fails is seen by who reads and leaves no trace
 * @param keyChanges how many changes of a private key a line can tell apart: 0 when all keys of a KeyID count as
 *     the same, which does for machines that give each KeyID a key once; 1 when a change makes everything written under
 *     the old key junk at once, which looks at every line and so is for few; more, up to 65,535, for machines of real
 *     size
 * @param macBits bits of a MAC, 1 or 2, where someone searches for one that matches by chance; 0 for the 28 bits of
 *     life, where nobody finds any
 * @param partialWriteErratum X86_BUG_TDX_PW_MCE: a write of less than a line under a shared KeyID poisons a line of
 *     a TD
 * @param linesPerFrame lines that can differ within a 4K frame: 64 in life, mostly one here
 * @param ciphertextMoves whether ciphertext can come to lie in another frame than it was encrypted for, as where
 *     AMD's host copies it; where it cannot, a line need not tell its frame, which is most of what it has to tell
 */
public record MemoryOptions(
        KeyIds keyIds,
        Integrity integrity,
        CrossKey crossKey,
        boolean poison,
        int keyChanges,
        int macBits,
        boolean partialWriteErratum,
        int linesPerFrame,
        boolean ciphertextMoves,
        CacheOptions caches) {

    /** What the controller keeps with each line to check reads. */
    public enum Integrity {
        @Meaning("Nothing: a read under another key is junk. AMD, and MKTME without TDX.")
        NONE,
        @Meaning("Li: the TD-owner bit.")
        LOGICAL,
        @Meaning("Ci: the TD-owner bit and a MAC.")
        CRYPTOGRAPHIC
    }

    /** What a read finds that was written under another private KeyID, in Li. */
    public enum CrossKey {
        @Meaning("What the reader's key makes of the ciphertext.")
        JUNK,
        @Meaning("Poison.")
        MACHINE_CHECK
    }

    private static final int MOST_CHANGES = 0xFFFF;

    public MemoryOptions {
        if (keyChanges < 0 || keyChanges > MOST_CHANGES) {
            throw new IllegalArgumentException(
                    "a line tells " + keyChanges + " changes of a key apart; allowed are 0 to " + MOST_CHANGES);
        }
        if (macBits < 0 || macBits > 2) {
            throw new IllegalArgumentException(
                    "a MAC has " + macBits + " bits; allowed are 1, 2, or 0 for one that nobody finds");
        }
        if (macBits > 0 && (integrity != Integrity.CRYPTOGRAPHIC || keyChanges > 1)) {
            throw new IllegalArgumentException(
                    "a search for MACs needs cryptographic integrity (Ci), and keys that change once at most");
        }
        if (partialWriteErratum && !poison) {
            throw new IllegalArgumentException(
                    "the partial-write erratum poisons lines; it needs memory whose poison sticks");
        }
        if (linesPerFrame < 1 || linesPerFrame > 64) {
            throw new IllegalArgumentException(
                    "a 4K frame has " + linesPerFrame + " lines that can differ; allowed are 1 to 64");
        }
    }

    /** Memory under keys 0 to {@code keys} that checks nothing: AMD's ASIDs. */
    public static MemoryOptions plain(int keys) {
        return new MemoryOptions(
                new KeyIds(keys, 0), Integrity.NONE, CrossKey.JUNK, false, 0, 0, false, 1, true, CacheOptions.none());
    }

    /** Memory of a TDX machine in Ci, without poison that sticks and without caches: the least. */
    public static MemoryOptions tdx(KeyIds keyIds) {
        return new MemoryOptions(
                keyIds, Integrity.CRYPTOGRAPHIC, CrossKey.JUNK, false, 0, 0, false, 1, true, CacheOptions.none());
    }

    /** The same with Li, and what it does across keys. */
    public MemoryOptions logical(CrossKey found) {
        return new MemoryOptions(
                keyIds, Integrity.LOGICAL, found, poison, keyChanges, macBits, partialWriteErratum, linesPerFrame,
                ciphertextMoves, caches);
    }

    /** The same with poison that sticks. */
    public MemoryOptions withPoison() {
        return new MemoryOptions(
                keyIds, integrity, crossKey, true, keyChanges, macBits, partialWriteErratum, linesPerFrame,
                ciphertextMoves, caches);
    }

    /** The same with keys that change. */
    public MemoryOptions withKeyChanges(int changes) {
        return new MemoryOptions(
                keyIds, integrity, crossKey, poison, changes, macBits, partialWriteErratum, linesPerFrame,
                ciphertextMoves, caches);
    }

    /** The same with MACs that match by chance. */
    public MemoryOptions withMacBits(int bits) {
        return new MemoryOptions(
                keyIds, integrity, crossKey, poison, keyChanges, bits, partialWriteErratum, linesPerFrame,
                ciphertextMoves, caches);
    }

    /** The same with the partial-write erratum, hence with poison. */
    public MemoryOptions withPartialWriteErratum() {
        return new MemoryOptions(keyIds, integrity, crossKey, true, keyChanges, macBits, true, linesPerFrame,
                ciphertextMoves, caches);
    }

    /** The same with frames of several lines. */
    public MemoryOptions withLines(int lines) {
        return new MemoryOptions(
                keyIds, integrity, crossKey, poison, keyChanges, macBits, partialWriteErratum, lines, ciphertextMoves,
                caches);
    }

    /**
     * The same where all ciphertext stays where it was encrypted: what one knows of Intel's, which software moves
     * nowhere.
     */
    public MemoryOptions withoutMoves() {
        return new MemoryOptions(
                keyIds, integrity, crossKey, poison, keyChanges, macBits, partialWriteErratum, linesPerFrame, false,
                caches);
    }

    /** The same with caches. */
    public MemoryOptions with(CacheOptions options) {
        return new MemoryOptions(
                keyIds, integrity, crossKey, poison, keyChanges, macBits, partialWriteErratum, linesPerFrame,
                ciphertextMoves, options);
    }
}
