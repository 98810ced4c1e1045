package org.ringfence.stack.guest.svsm;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.memory.Geometry;

/**
 * A call to the monitor: registers, and the page of entries that SVSM_CORE_PVALIDATE takes.
 *
 * @param protocol RAX bits 63:32
 * @param call RAX bits 31:0
 * @param rcx not negative, as all registers here
 * @param entries of the header; may differ from how many there are
 * @param next of the header
 * @param list the entries; what lies beyond them in the page is zero
 */
public record SvsmRequest(
        int protocol, int call, long rcx, long rdx, long r8, int entries, int next, List<Long> list) {

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

    public SvsmRequest {
        list = List.copyOf(list);
        if (rcx < 0 || rdx < 0 || r8 < 0 || list.stream().anyMatch(entry -> entry < 0)) {
            throw new IllegalArgumentException("registers and entries are taken without their highest bit");
        }
    }

    /**
     * SVSM_CORE_PVALIDATE of these entries, with the request in the calling area: eight bytes into page {@code area}.
     */
    public static SvsmRequest pvalidate(long area, Long... entries) {
        return new SvsmRequest(CORE, PVALIDATE, area + 8, 0, 0, entries.length, 0, List.of(entries));
    }

    /** SVSM_CORE_CREATE_VCPU. */
    public static SvsmRequest createVcpu(long vmsa, long callingArea, int apicId) {
        return new SvsmRequest(CORE, CREATE_VCPU, vmsa, callingArea, apicId, 0, 0, List.of());
    }

    /** A call with nothing but RCX. */
    public static SvsmRequest of(int call, long rcx) {
        return new SvsmRequest(CORE, call, rcx, 0, 0, 0, 0, List.of());
    }

    /** An entry of a PVALIDATE request. */
    public static long entry(long gpa, boolean large, boolean validate, boolean ignoreCf) {
        return gpa | (large ? SIZE_2M : 0) | (validate ? VALIDATE : 0) | (ignoreCf ? IGNORE_CF : 0);
    }

    /**
     * Requests of every kind that an inner guest without scruples has a use for, of a page {@code area} that is its
     * own: each page validated and invalidated, with and without "ignore CF", with a reserved bit, and made a VMSA or a
     * calling area.
     */
    public static List<SvsmRequest> anything(Geometry geometry, long area) {
        List<SvsmRequest> requests = new ArrayList<>();
        for (int page = 0; page < geometry.pages(); page++) {
            long gpa = geometry.gpa(page);
            for (int bits = 0; bits < 4; bits++) {
                requests.add(pvalidate(area, entry(gpa, false, (bits & 1) != 0, (bits & 2) != 0)));
            }
            if (geometry.hasLargePages() && geometry.isLargeAligned(page)) {
                requests.add(pvalidate(area, entry(gpa, true, true, false)));
                requests.add(pvalidate(area, entry(gpa, true, false, false)));
            }
            requests.add(createVcpu(gpa, geometry.gpa((page + 1) % geometry.pages()), 0));
            requests.add(of(DELETE_VCPU, gpa));
        }
        requests.add(pvalidate(area, 1L << 4));
        requests.add(of(DEPOSIT_MEM, 0));
        requests.add(of(WITHDRAW_MEM, 0));
        requests.add(of(8, 0));
        return requests;
    }
}
