package org.ringfence.machine.snp.psc;

import org.ringfence.machine.memory.Geometry;

/**
 * The page state change of the GHCB MSR protocol (MSR C001_0130), of one 4K page.
 *
 * <p>Request: bits 11:0 are 0x014, 51:12 the guest frame number, 55:52 the operation. Response: bits 11:0 are 0x015,
 * 31:12 reserved, 63:32 the error.
 */
public final class PscMsr {
    /** Bits 11:0 of a request. */
    public static final long REQUEST = 0x014;

    /** Bits 11:0 of a response. */
    public static final long RESPONSE = 0x015;

    private static final long INFO = 0xFFF;
    private static final long GFN = (1L << 40) - 1;

    private PscMsr() {}

    /** The request for the page at {@code gpa}, in bytes. */
    public static long request(long gpa, PageStateChange.Target target) {
        return (long) target.number() << 52 | (gpa / Geometry.SMALL & GFN) << 12 | REQUEST;
    }

    /** The guest physical address in a request, in bytes. */
    public static long gpa(long request) {
        return request & GFN << 12;
    }

    /** The number of the operation in a request; honest software knows 1 and 2. */
    public static int operation(long request) {
        return (int) (request >>> 52 & 0xF);
    }

    /** Whether {@code value} is a request. */
    public static boolean isRequest(long value) {
        return (value & INFO) == REQUEST;
    }

    /** The response with {@code error}, 32 bits; 0 is success. */
    public static long response(int error) {
        return Integer.toUnsignedLong(error) << 32 | RESPONSE;
    }

    /** Whether {@code value} is a response; its reserved bits may be set. */
    public static boolean isResponse(long value) {
        return (value & INFO) == RESPONSE;
    }

    /** The error in a response; 0 is success. */
    public static int error(long response) {
        return (int) (response >>> 32);
    }
}
