package org.ringfence.machine.snp.psc;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;

/**
 * An entry of the buffer by which the GHCB event 0x80000010 asks for page state changes, and the numbers around it.
 *
 * <p>Bits 11:0 are the 4K pages done so far, 51:12 the guest frame number, 55:52 the operation, 56 the page size. The
 * buffer begins with a header of 8 bytes: the entry to begin with and, inclusively, the last one, 16 bits each, then 32
 * reserved bits.
 *
 * @param bits the entry
 */
public record PscEntry(long bits) {
    /** The exit code of the event. */
    public static final long EVENT = 0x8000_0010L;

    /** Entries that a shared buffer of 2032 bytes has room for. */
    public static final int MOST = (2032 - 8) / 8;

    /** SW_EXITINFO2 of a request that failed for no reason of its form. */
    public static final long GENERIC_ERROR = 0x100L << 32;

    /** SW_EXITINFO2 where SW_EXITINFO1 is 2: SW_SCRATCH is invalid. */
    public static final long INVALID_SCRATCH = 3;

    /** SW_EXITINFO2 of a bad header. */
    public static final long INVALID_HEADER = 1L << 32 | 1;

    /** SW_EXITINFO2 of a bad entry. */
    public static final long INVALID_ENTRY = 1L << 32 | 2;

    private static final long GFN = (1L << 40) - 1;

    /** The entry that asks for one page, none of it done yet. */
    public static PscEntry of(long gpa, PageStateChange.Target target, Level size) {
        return of(gpa, target.number(), size);
    }

    /** The entry with this operation: its four bits. */
    static PscEntry of(long gpa, int operation, Level size) {
        long large = size == Level.SIZE_2M ? 1L << 56 : 0;
        return new PscEntry(large | (long) operation << 52 | (gpa / Geometry.SMALL & GFN) << 12);
    }

    /** The header of a buffer whose entries {@code first} to {@code last}, both included, are to be done. */
    public static long header(int first, int last) {
        return (first & 0xFFFF) | (last & 0xFFFFL) << 16;
    }

    /** What KVM finds wrong in a header: {@link #INVALID_HEADER} for a last entry beyond the buffer; 0 for nothing. */
    public static long headerFault(long header) {
        return (header >>> 16 & 0xFFFF) >= MOST ? INVALID_HEADER : 0;
    }

    /** How many 4K pages of this entry are done. */
    public int done() {
        return (int) (bits & 0xFFF);
    }

    /** The guest physical address, in bytes. */
    public long gpa() {
        return bits & GFN << 12;
    }

    /** The number of the operation: 1 private, 2 shared, 3 PSMASH, 4 UNSMASH. */
    public int operation() {
        return (int) (bits >>> 52 & 0xF);
    }

    /** The page size. */
    public Level size() {
        return (bits >>> 56 & 1) != 0 ? Level.SIZE_2M : Level.SIZE_4K;
    }

    /** This entry with {@code pages} pages of 4K done. */
    public PscEntry withDone(int pages) {
        return new PscEntry((bits & ~0xFFFL) | (pages & 0xFFF));
    }

    /**
     * What KVM finds wrong in it: {@link #INVALID_ENTRY} for more done than there is or a misaligned 2M page; 0 for
     * nothing.
     */
    public long fault() {
        boolean large = size() == Level.SIZE_2M;
        boolean misaligned = large && gpa() % Geometry.LARGE != 0;
        return done() > (large ? 512 : 1) || misaligned ? INVALID_ENTRY : 0;
    }
}
