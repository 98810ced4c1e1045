package org.ringfence.stack.guest.svsm;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.memory.Geometry;

/**
 * A call to the monitor: registers, and the list of entries that SVSM_CORE_PVALIDATE finds in memory at RCX.
 *
 * @param registers in which the call is made
 * @param list what lies at RCX; no words for other calls
 */
public record SvsmRequest(Registers registers, Entries list) {

    /**
     * What an inner guest calls with.
     *
     * @param protocol RAX bits 63:32
     * @param call RAX bits 31:0
     * @param rcx not negative, as all registers here
     */
    public record Registers(int protocol, int call, long rcx, long rdx, long r8) {
        public Registers {
            require(rcx, rdx, r8);
        }

        /** Refuses what no call here has in registers. */
        static void require(long rcx, long rdx, long r8) {
            if (rcx < 0 || rdx < 0 || r8 < 0) {
                throw new IllegalArgumentException("registers are taken without their highest bit");
            }
        }
    }

    /**
     * A list of entries in memory.
     *
     * @param gpa of its header, in bytes
     * @param entries of the header; may differ from how many words there are
     * @param next of the header
     * @param words the entries; what lies beyond them in the page is zero
     */
    public record Entries(long gpa, int entries, int next, List<Long> words) {
        public Entries {
            words = List.copyOf(words);
            require(gpa, entries, next, words);
        }

        /** Refuses what no list here is. */
        static void require(long gpa, int entries, int next, List<Long> words) {
            if (gpa < 0 || gpa % Long.BYTES != 0 || words.stream().anyMatch(entry -> entry < 0)) {
                throw new IllegalArgumentException(
                        "a list lies at a multiple of 8, and its entries are taken without their highest bit");
            }
            if (entries < 0 || entries > MOST_ENTRIES || next < 0 || next > MOST_ENTRIES) {
                throw new IllegalArgumentException(
                        "entries and next of a header are 0 to %d here".formatted(MOST_ENTRIES));
            }
        }
    }

    private static final int MOST_ENTRIES = 1023;
    private static final Entries NO_LIST = new Entries(0, 0, 0, List.of());

    /** {@code SVSM_CORE_PROTOCOL}. */
    public static final int CORE = 0;

    /** Numbers of the core protocol's calls. */
    public static final int REMAP_CA = 0;

    public static final int PVALIDATE = 1;
    public static final int CREATE_VCPU = 2;
    public static final int DELETE_VCPU = 3;
    public static final int DEPOSIT_MEM = 4;
    public static final int WITHDRAW_MEM = 5;
    public static final int QUERY_PROTOCOL = 6;
    public static final int CONFIGURE_VTOM = 7;

    private static final long SIZE_2M = 1;
    private static final long VALIDATE = 1 << 2;
    private static final long IGNORE_CF = 1 << 3;

    /**
     * SVSM_CORE_PVALIDATE of these entries, with the list in the calling area: eight bytes into page {@code area}.
     */
    public static SvsmRequest pvalidate(long area, Long... entries) {
        return pvalidateAt(area + 8, entries);
    }

    /** SVSM_CORE_PVALIDATE of these entries, with the list at {@code gpa}. */
    public static SvsmRequest pvalidateAt(long gpa, Long... entries) {
        return new SvsmRequest(
                new Registers(CORE, PVALIDATE, gpa, 0, 0), new Entries(gpa, entries.length, 0, List.of(entries)));
    }

    /** SVSM_CORE_CREATE_VCPU. */
    public static SvsmRequest createVcpu(long vmsa, long callingArea, int apicId) {
        return new SvsmRequest(new Registers(CORE, CREATE_VCPU, vmsa, callingArea, apicId), NO_LIST);
    }

    /** A call with nothing but RCX. */
    public static SvsmRequest of(int call, long rcx) {
        return new SvsmRequest(new Registers(CORE, call, rcx, 0, 0), NO_LIST);
    }

    /** An entry of a PVALIDATE request. */
    public static long entry(long gpa, boolean large, boolean validate, boolean ignoreCf) {
        return gpa | (large ? SIZE_2M : 0) | (validate ? VALIDATE : 0) | (ignoreCf ? IGNORE_CF : 0);
    }

    /**
     * Requests of every kind that an inner guest without scruples has a use for, whose calling area is page 0: each
     * page validated and invalidated, with and without "ignore CF", with a reserved bit; a list in page 1 that
     * invalidates its own page; and each page made a VMSA, deleted, and made a calling area.
     */
    public static List<SvsmRequest> anything(Geometry geometry) {
        List<SvsmRequest> requests = new ArrayList<>();
        for (int page = 0; page < geometry.pages(); page++) {
            long gpa = geometry.gpa(page);
            for (int bits = 0; bits < 4; bits++) {
                requests.add(pvalidate(0, entry(gpa, false, (bits & 1) != 0, (bits & 2) != 0)));
            }
            if (geometry.hasLargePages() && geometry.isLargeAligned(page)) {
                requests.add(pvalidate(0, entry(gpa, true, true, true)));
                requests.add(pvalidate(0, entry(gpa, true, false, false)));
            }
            requests.add(createVcpu(gpa, geometry.gpa((page + 1) % geometry.pages()), 0));
            requests.add(of(DELETE_VCPU, gpa));
            requests.add(of(REMAP_CA, gpa));
        }
        if (geometry.pages() > 1) {
            long other = geometry.gpa(1);
            requests.add(pvalidateAt(other, entry(other, false, false, false), entry(other, false, true, false)));
        }
        requests.add(pvalidate(0, 1L << 4));
        requests.add(of(DEPOSIT_MEM, 0));
        requests.add(of(QUERY_PROTOCOL, 1));
        requests.add(of(CONFIGURE_VTOM, 0));
        return requests;
    }
}
