package org.ringfence.machine.snp;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The Reverse Map Table: for every 4K frame of host memory whose it is, at which guest physical address, and whether
 * the guest has validated it there. Hardware holds accesses and nested translations against it, so that the host, which
 * chooses the translations, cannot put a frame at an address where the guest did not take it. One entry a frame makes
 * "one page a frame" a matter of form; "one frame a page" it does not promise: that is the guest's to keep, by never
 * validating a page twice.
 *
 * <p>A 2M page is described by the entry of its first frame, the <em>head</em>; the entries of the others, its
 * <em>tails</em>, say only that they are assigned. Whoever asks about a frame is answered from the head. The subpage
 * count, which hardware keeps in the entry of a 2M-aligned frame to find overlaps, is computed from the entries it
 * counts. An entry that is not assigned is all zero.
 *
 * <p>Left out: the lock bit and with it FAIL_INUSE, the per-ASID page counters, and caching: a change is seen at once
 * everywhere, as on hardware, where RMPUPDATE invalidates the translations of the page on all CPUs.
 *
 * @param assigned not the hypervisor's
 * @param pagesize 1 in the head of a 2M page
 * @param immutable 1 where RMPUPDATE must not change the entry
 * @param gpa the number of the guest's page, of the first one in a head
 * @param asid whose; 0 with {@code assigned} is the firmware's, one to be reclaimed, or a tail
 * @param vmsa 1 where the page is a VMSA
 * @param validated the guest has taken the page
 * @param vmpl1 the permissions of VMPL1 in the bits of {@link Permissions}; VMPL0 has all
 * @param vmpl2 those of VMPL2
 * @param vmpl3 those of VMPL3
 * @param guards the checks that are off
 */
public record ReverseMapTable(
        Geometry geometry,
        RmpOptions options,
        Flag assigned,
        Bounded pagesize,
        Bounded immutable,
        Bounded gpa,
        Bounded asid,
        Bounded vmsa,
        Flag validated,
        Bits vmpl1,
        Bits vmpl2,
        Bits vmpl3,
        Guards guards) {

    static ReverseMapTable declare(Declaration declaration, Geometry geometry, RmpOptions options, Guards guards) {
        Table table = declaration.perFrame("RMP");
        return new ReverseMapTable(
                geometry,
                options,
                table.flag("assigned"),
                table.bounded("pagesize", geometry.hasLargePages() ? 1 : 0),
                table.bounded("immutable", options.immutable() ? 1 : 0),
                table.bounded("page", geometry.pages() - 1),
                table.bounded("ASID", options.asids()),
                table.bounded("VMSA", options.vmsa() ? 1 : 0),
                table.flag("validated"),
                table.bits("VMPL1", options.keeps(1) ? Permissions.WIDTH : 0),
                table.bits("VMPL2", options.keeps(2) ? Permissions.WIDTH : 0),
                table.bits("VMPL3", options.keeps(3) ? Permissions.WIDTH : 0),
                guards);
    }

    // ---- reading

    /** The frame whose entry speaks for {@code frame}: the head of its 2M page, or itself. */
    public int entry(State state, int frame) {
        if (geometry.hasLargePages()) {
            int head = geometry.head(frame);
            return pagesize.get(state, head) != 0 ? head : frame;
        }
        return frame;
    }

    /** Whether {@code frame} is not the hypervisor's: then the host cannot write it. */
    public boolean isAssigned(State state, int frame) {
        return assigned.get(state, frame);
    }

    /** Whether the host's write to {@code frame} through a 4K mapping faults. */
    boolean refusesHost(State state, int frame) {
        return assigned.get(state, frame) && guards.checks(SnpGuard.HOST_WRITE_IS_HYPERVISORS);
    }

    /** Whether {@code frame} lies in a 2M page. */
    public boolean isLarge(State state, int frame) {
        return geometry.hasLargePages() && pagesize.get(state, geometry.head(frame)) != 0;
    }

    /**
     * Whether {@code frame} is assigned to the guest at {@code page} and not immutable: what every use of it by the
     * guest requires.
     */
    public boolean isGuests(State state, int frame, int page) {
        int entry = entry(state, frame);
        return assigned.get(state, entry)
                && asid.get(state, entry) == options.guestAsid()
                && !isImmutable(state, entry)
                && gpa.get(state, entry) == page - (frame - entry);
    }

    /** Whether the guest has validated the page that {@code frame} lies in. */
    public boolean isValidated(State state, int frame) {
        return validated.get(state, entry(state, frame));
    }

    /** The guest's page at which {@code frame} is validated; -1 when it is not. */
    public int validatedAt(State state, int frame) {
        int entry = entry(state, frame);
        return validated.get(state, entry) && asid.get(state, entry) == options.guestAsid()
                ? gpa.get(state, entry) + frame - entry
                : -1;
    }

    /** The permissions of {@code vmpl} on {@code frame}, in the bits of {@link Permissions}. */
    public int permissions(State state, int frame, int vmpl) {
        int entry = entry(state, frame);
        return switch (vmpl) {
            case 0 -> Permissions.ALL;
            case 1 -> options.keeps(1) ? (int) vmpl1.get(state, entry) : Permissions.NONE;
            case 2 -> options.keeps(2) ? (int) vmpl2.get(state, entry) : Permissions.NONE;
            case 3 -> options.keeps(3) ? (int) vmpl3.get(state, entry) : Permissions.NONE;
            default -> throw new IllegalArgumentException("VMPL" + vmpl + " is not in 0..3");
        };
    }

    /** The firmware's name for the state of the page that {@code frame} lies in. */
    public PageState pageState(State state, int frame) {
        return frame < geometry.frames() ? PageState.decode(raw(state, entry(state, frame))) : PageState.DEFAULT;
    }

    /** The entry of {@code frame} itself as it lies in memory on Zen 3 and Zen 4, a tail's included. */
    public RawRmpEntry raw(State state, int frame) {
        long q1 = (assigned.get(state, frame) ? 1 : 0)
                | (long) pagesize.get(state, frame) << 1
                | (long) immutable.get(state, frame) << 2
                | (long) subpageCount(state, frame) << 3
                | geometry.gpa(gpa.get(state, frame))
                | (long) asid.get(state, frame) << 51
                | (long) vmsa.get(state, frame) << 61
                | (validated.get(state, frame) ? 1L : 0) << 62;
        long q2 = asid.get(state, frame) == 0
                ? 0
                : Permissions.RWX
                        | vmpl1.get(state, frame) << 8
                        | vmpl2.get(state, frame) << 16
                        | vmpl3.get(state, frame) << 24;
        return new RawRmpEntry(q1, q2);
    }

    /**
     * In the entry of a 2M-aligned frame that is no head: how many other frames of its 2M are assigned. Elsewhere 0.
     */
    public int subpageCount(State state, int frame) {
        if (!geometry.hasLargePages() || !geometry.isLargeAligned(frame) || pagesize.get(state, frame) != 0) {
            return 0;
        }
        int count = 0;
        for (int i = 1; i < geometry.smallPerLarge(); i++) {
            count += assigned.get(state, frame + i) ? 1 : 0;
        }
        return count;
    }

    private boolean isImmutable(State state, int frame) {
        return options.immutable() && immutable.get(state, frame) != 0;
    }

    // ---- the host's instructions

    /**
     * RMPUPDATE by the host ({@code F2 0F 01 FE}). Checks in the order: input, immutable, overlap.
     *
     * @param frame the system physical address, as a frame
     * @param assign the new assigned bit; when false, {@code page} and {@code newAsid} must be 0 and {@code fixed}
     *     false
     * @param page the number of the guest's page
     * @param size 2M needs a 2M-aligned frame and page
     * @param newAsid the new ASID
     * @param fixed the new immutable bit
     */
    public RmpupdateResult rmpupdate(
            State state, int frame, boolean assign, int page, Level size, int newAsid, boolean fixed) {
        if (frame >= geometry.frames() || newAsid > options.asids() || (!assign && (newAsid != 0 || fixed))) {
            return RmpupdateResult.FAIL_INPUT;
        }
        if (size == Level.SIZE_2M && !geometry.isLargeAligned(page)) {
            return RmpupdateResult.FAIL_INPUT;
        }
        RmpupdateResult refusal = refusal(state, frame, size);
        if (refusal == RmpupdateResult.SUCCESS) {
            replace(state, frame, assign, page, size, newAsid, fixed);
        }
        return refusal;
    }

    /**
     * What RMPUPDATE of {@code frame} answers for a reason that does not depend on the new entry's address; SUCCESS if
     * there is none.
     */
    RmpupdateResult refusal(State state, int frame, Level size) {
        boolean large = size == Level.SIZE_2M;
        if (large && (!geometry.hasLargePages() || !geometry.isLargeAligned(frame))) {
            return RmpupdateResult.FAIL_INPUT;
        }
        if (guards.checks(SnpGuard.RMPUPDATE_IS_NOT_IMMUTABLE)
                && (isImmutable(state, entry(state, frame)) || (large && hasImmutableTail(state, frame)))) {
            return RmpupdateResult.FAIL_PERMISSION;
        }
        if (large != isLarge(state, frame)
                && anyAssigned(state, frame)
                && guards.checks(SnpGuard.RMPUPDATE_DOES_NOT_OVERLAP)) {
            return RmpupdateResult.FAIL_OVERLAP;
        }
        return RmpupdateResult.SUCCESS;
    }

    private boolean hasImmutableTail(State state, int head) {
        for (int i = 1; options.immutable() && i < geometry.smallPerLarge(); i++) {
            if (immutable.get(state, head + i) != 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the host's write to {@code frame} through a 2M mapping faults: when any frame of the 2M is assigned.
     */
    boolean refusesHostLarge(State state, int frame) {
        return anyAssigned(state, frame) && guards.checks(SnpGuard.HOST_WRITE_IS_HYPERVISORS);
    }

    private boolean anyAssigned(State state, int frame) {
        int head = geometry.head(frame);
        for (int i = 0; i < geometry.smallPerLarge(); i++) {
            if (assigned.get(state, head + i)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Replaces an entry for which {@link #refusal} has none. Validated, VMSA and permissions survive only where
     * assigned, ASID, GPA and size stay what they were: so setting the immutable bit makes Guest-Valid to Pre-Swap.
     */
    void replace(State state, int frame, boolean assign, int page, Level size, int newAsid, boolean fixed) {
        boolean large = size == Level.SIZE_2M;
        boolean same = assign
                && newAsid != 0
                && assigned.get(state, frame)
                && asid.get(state, frame) == newAsid
                && gpa.get(state, frame) == page
                && isLarge(state, frame) == large;
        if (!same) {
            set(state, frame, assign, assign && large ? 1 : 0, assign ? page : 0, newAsid);
            for (int i = 1; large && i < geometry.smallPerLarge(); i++) {
                set(state, frame + i, assign, 0, 0, 0);
            }
        }
        if (options.immutable()) {
            immutable.set(state, frame, fixed ? 1 : 0);
        }
    }

    private void set(State state, int frame, boolean assign, int large, int page, int newAsid) {
        assigned.set(state, frame, assign);
        pagesize.set(state, frame, large);
        gpa.set(state, frame, page);
        asid.set(state, frame, newAsid);
        vmsa.set(state, frame, 0);
        validated.set(state, frame, false);
        for (int vmpl = 1; vmpl <= 3; vmpl++) {
            setPermissions(state, frame, vmpl, Permissions.NONE);
        }
    }

    /**
     * PSMASH by the host ({@code F3 0F 01 FF}): the 2M page at {@code frame} becomes 4K pages, validated and permitted
     * as it was.
     */
    public PsmashResult psmash(State state, int frame) {
        if (frame >= geometry.frames() || !geometry.isLargeAligned(frame)) {
            return PsmashResult.FAIL_INPUT;
        }
        if (!isLarge(state, frame)) {
            return PsmashResult.FAIL_BADADDR;
        }
        pagesize.set(state, frame, 0);
        for (int i = 1; i < geometry.smallPerLarge(); i++) {
            gpa.set(state, frame + i, gpa.get(state, frame) + i);
            asid.set(state, frame + i, asid.get(state, frame));
            immutable.set(state, frame + i, immutable.get(state, frame));
            vmsa.set(state, frame + i, vmsa.get(state, frame));
            validated.set(state, frame + i, validated.get(state, frame));
            vmpl1.set(state, frame + i, vmpl1.get(state, frame));
            vmpl2.set(state, frame + i, vmpl2.get(state, frame));
            vmpl3.set(state, frame + i, vmpl3.get(state, frame));
        }
        return PsmashResult.SUCCESS;
    }

    // ---- what the guest's instructions change

    void setValidated(State state, int frame, boolean value) {
        validated.set(state, entry(state, frame), value);
    }

    void setVmsa(State state, int frame, boolean value) {
        if (options.vmsa()) {
            vmsa.set(state, entry(state, frame), value ? 1 : 0);
        }
    }

    void setPermissions(State state, int frame, int vmpl, int permissions) {
        if (!options.keeps(vmpl)) {
            return;
        }
        Bits mask = vmpl == 1 ? vmpl1 : vmpl == 2 ? vmpl2 : vmpl3;
        mask.set(state, entry(state, frame), permissions);
    }
}
