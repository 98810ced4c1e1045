package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.SnpGuard;
import org.ringfence.machine.snp.VmsaPages;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.ValueNames;

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
 * counts.
 *
 * <p>The firmware keeps its own states in the entries of immutable pages without an ASID: the GPA field then holds a
 * tag and, of a Metadata page, the address of the guest's context; here they are fields of their own.
 *
 * <p>An RMPUPDATE is seen at once everywhere, as on hardware, where it invalidates the translations of the page on all
 * CPUs.
 *
 * @param assigned not the hypervisor's
 * @param pagesize 1 in the head of a 2M page
 * @param immutable 1 where RMPUPDATE must not change the entry
 * @param lock 1 where the firmware keeps others from the entry
 * @param gpa the number of the guest's page, of the first one in a head; one more than pages there are, where the RMP
 *     has the VMSA bit, stands for {@link #VMSA_GPA}
 * @param asid whose; 0 with {@code assigned} is the firmware's, one to be reclaimed, or a tail
 * @param vmsa 1 where the page is a VMSA
 * @param validated the guest has taken the page
 * @param masks the permissions of VMPL1 to VMPL3
 * @param pages how many entries name each ASID
 * @param tag what the firmware's GPA field says: 0, {@link RawRmpEntry#TAG_METADATA} or {@link RawRmpEntry#TAG_IOMMU}
 * @param context of a Metadata page: the frame of the guest's context
 * @param vmsas which VMSA pages run
 * @param guards the checks that are off
 */
public record ReverseMapTable(
        Geometry geometry,
        RmpOptions options,
        Flag assigned,
        Bounded pagesize,
        Bounded immutable,
        Bounded lock,
        Bounded gpa,
        Bounded asid,
        Bounded vmsa,
        Flag validated,
        VmplMasks masks,
        Bounded pages,
        Bounded tag,
        FrameRef context,
        VmsaPages vmsas,
        Guards guards) {

    /**
     * Where KVM has the RMP say that the first VMSA page of each vCPU lies, beyond all memory of the guest. Source:
     * Linux, {@code INITIAL_VMSA_GPA} in arch/x86/kvm/svm/sev.c.
     */
    public static final long VMSA_GPA = 0xFFFF_FFFF_F000L;

    public static ReverseMapTable declare(
            Declaration declaration, Geometry geometry, RmpOptions options, VmsaPages vmsas, Guards guards) {
        Table table = declaration.perFrame("RMP");
        Flag assigned = table.flag("assigned");
        Bounded pagesize = table.bounded("pagesize", geometry.hasLargePages() ? 1 : 0, ValueNames.SIZE);
        Bounded immutable = table.truth("immutable", options.immutable());
        Bounded gpa = table.page("page", geometry.pages() - (options.vmsa() ? 0 : 1));
        Bounded asid = table.bounded("ASID", options.asids());
        Bounded vmsa = table.truth("VMSA", options.vmsa());
        Flag validated = table.flag("validated");
        VmplMasks masks = VmplMasks.ofRmp(table, options);
        Table firmware = options.firmware() ? declaration.perFrame("firmware RMP") : declaration.table("", "", 0);
        return new ReverseMapTable(
                geometry,
                options,
                assigned,
                pagesize,
                immutable,
                firmware.truth("lock", true),
                gpa,
                asid,
                vmsa,
                validated,
                masks,
                declaration
                        .table("RMP counter", "ASID", options.firmware() ? options.asids() + 1 : 0)
                        .bounded("pages", geometry.frames()),
                firmware.bounded("tag", RawRmpEntry.TAG_IOMMU, ValueNames.of("none", "Metadata", "IOMMU")),
                firmware.frame("context"),
                vmsas,
                guards);
    }

    // ---- reading

    /** How many frames, from the first on, have an entry. */
    public int covered() {
        return geometry.frames() - options.uncovered();
    }

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

    /** Whether {@code frame} is assigned to a guest at page {@code page}. */
    public boolean isAssignedTo(State state, int frame, int page) {
        int entry = entry(state, frame);
        return assigned.get(state, entry) && asid.get(state, entry) != 0
                && gpa.get(state, entry) + frame - entry == page;
    }

    /** Whether the host's write to {@code frame} through a 4K mapping faults. */
    public boolean refusesHost(State state, int frame) {
        return assigned.get(state, frame) && guards.checks(SnpGuard.HOST_WRITE_IS_HYPERVISORS);
    }

    /**
     * Whether the host's write to {@code frame} through a 2M mapping faults: when any frame of the 2M is assigned.
     */
    public boolean refusesHostLarge(State state, int frame) {
        return anyAssigned(state, frame) && guards.checks(SnpGuard.HOST_WRITE_IS_HYPERVISORS);
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

    /** The guest's page at which {@code frame} is validated; -1 when it is not, or beyond the guest's memory. */
    public int validatedAt(State state, int frame) {
        int entry = entry(state, frame);
        return validated.get(state, entry)
                && asid.get(state, entry) == options.guestAsid()
                && gpa.get(state, entry) < geometry.pages()
                        ? gpa.get(state, entry) + frame - entry
                        : -1;
    }

    /** What stands for {@code address} in an entry; an address that the machine's entries cannot name is refused. */
    public int pageOf(long address) {
        return address == VMSA_GPA && options.vmsa() ? geometry.pages() : GuestPages.page(geometry, address);
    }

    /** The address that {@code page} stands for in an entry. */
    public long addressOf(int page) {
        return page == geometry.pages() ? VMSA_GPA : geometry.gpa(page);
    }

    /** The permissions of {@code vmpl} on {@code frame}, in the bits of {@link Permissions}. */
    public int permissions(State state, int frame, int vmpl) {
        return masks.get(state, entry(state, frame), vmpl);
    }

    /** Whether the page that {@code frame} lies in is a VMSA. */
    public boolean isVmsa(State state, int frame) {
        return options.vmsa() && vmsa.get(state, entry(state, frame)) != 0;
    }

    /** Whether a vCPU of the guest's can run from {@code frame}: the guest has taken the page and made it a VMSA. */
    public boolean isGuestsVmsa(State state, int frame) {
        int entry = entry(state, frame);
        return assigned.get(state, entry)
                && asid.get(state, entry) == options.guestAsid()
                && validated.get(state, entry)
                && isVmsa(state, frame);
    }

    /** Whether the entry of {@code frame} itself says the same in two states of the machine, permissions aside. */
    public boolean isSame(State before, State after, int frame) {
        return assigned.get(before, frame) == assigned.get(after, frame)
                && pagesize.get(before, frame) == pagesize.get(after, frame)
                && isImmutable(before, frame) == isImmutable(after, frame)
                && gpa.get(before, frame) == gpa.get(after, frame)
                && asid.get(before, frame) == asid.get(after, frame)
                && vmsa.get(before, frame) == vmsa.get(after, frame)
                && validated.get(before, frame) == validated.get(after, frame)
                && tagOf(before, frame) == tagOf(after, frame);
    }

    /** The firmware's name for the state of the page that {@code frame} lies in. */
    public PageState pageState(State state, int frame) {
        return frame < covered() ? PageState.decode(raw(state, entry(state, frame))) : PageState.DEFAULT;
    }

    /** The entry of {@code frame} itself as it lies in memory on Zen 3 and Zen 4, a tail's included. */
    public RawRmpEntry raw(State state, int frame) {
        long q1 = (assigned.get(state, frame) ? 1 : 0)
                | (long) pagesize.get(state, frame) << 1
                | (long) immutable.get(state, frame) << 2
                | (long) subpageCount(state, frame) << 3
                | rawGpa(state, frame)
                | (long) asid.get(state, frame) << 51
                | (long) vmsa.get(state, frame) << 61
                | (validated.get(state, frame) ? 1L : 0) << 62
                | (isLocked(state, frame) ? 1L : 0) << 63;
        long q2 = asid.get(state, frame) == 0 ? 0 : Permissions.RWX | masks.raw(state, frame);
        return new RawRmpEntry(q1, q2);
    }

    long rawGpa(State state, int frame) {
        return switch (tagOf(state, frame)) {
            case RawRmpEntry.TAG_METADATA ->
                RawRmpEntry.tagged(RawRmpEntry.TAG_METADATA, geometry.gpa(context.get(state, frame)));
            case RawRmpEntry.TAG_IOMMU -> RawRmpEntry.tagged(RawRmpEntry.TAG_IOMMU, Geometry.SMALL);
            default -> addressOf(gpa.get(state, frame));
        };
    }

    int tagOf(State state, int frame) {
        return options.firmware() ? tag.get(state, frame) : 0;
    }

    boolean isLocked(State state, int frame) {
        return options.firmware() && lock.get(state, frame) != 0;
    }

    public boolean isImmutable(State state, int frame) {
        return options.immutable() && immutable.get(state, frame) != 0;
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

    // ---- what RMPUPDATE and PSMASH look at

    /** Whether every frame of the page of {@code size} at {@code frame} has an entry, and the page is aligned. */
    boolean hasPage(int frame, Level size) {
        boolean aligned =
                size == Level.SIZE_4K || geometry.hasLargePages() && geometry.isLargeAligned(Math.max(frame, 0));
        return frame >= 0 && frame < covered() && aligned;
    }

    /**
     * Whether hardware uses a frame of the page of {@code size} at {@code frame}, or the lock bit says so: of an
     * immutable page only where that is looked at first.
     */
    boolean isInUse(State state, int frame, Level size) {
        int entry = entry(state, frame);
        boolean locked = isLocked(state, entry)
                && (options.has(RmpFeature.LOCK_BEFORE_IMMUTABLE) || !isImmutable(state, entry));
        return locked || (options.vmsa() && vmsas.isInUse(state, frame, geometry.span(size)));
    }

    /** Whether the entry that speaks for {@code frame}, or one of its page of {@code size}, is immutable. */
    boolean hasImmutable(State state, int frame, Level size) {
        if (!options.immutable()) {
            return false;
        }
        boolean found = isImmutable(state, entry(state, frame));
        for (int i = 1; i < geometry.span(size); i++) {
            found |= immutable.get(state, frame + i) != 0;
        }
        return found;
    }

    /** Whether pages of the other size are assigned where a page of {@code size} at {@code frame} would lie. */
    boolean overlaps(State state, int frame, Level size) {
        return (size == Level.SIZE_2M) != isLarge(state, frame) && anyAssigned(state, frame);
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

    // ---- what instructions and the firmware change

    /**
     * Replaces an entry that {@link Rmpupdate#isTaken} takes. Validated, VMSA and permissions survive only where
     * assigned, ASID, GPA and size stay what they were: so setting the immutable bit makes Guest-Valid to Pre-Swap.
     */
    public void replace(State state, int frame, boolean assign, int page, Level size, int newAsid, boolean fixed) {
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
        setImmutable(state, frame, fixed, fixed && options.has(RmpFeature.IMMUTABLE_LOCKS));
    }

    private void set(State state, int frame, boolean assign, int large, int page, int newAsid) {
        assigned.set(state, frame, assign);
        pagesize.set(state, frame, large);
        gpa.set(state, frame, page);
        setAsid(state, frame, newAsid);
        vmsa.set(state, frame, 0);
        validated.set(state, frame, false);
        masks.clear(state, frame);
        setImmutable(state, frame, false, false);
        setTag(state, frame, 0, FrameRef.NONE);
    }

    /** The 2M page at {@code frame} becomes 4K pages, validated and permitted as it was. */
    void divide(State state, int frame) {
        pagesize.set(state, frame, 0);
        for (int i = 1; i < geometry.smallPerLarge(); i++) {
            gpa.set(state, frame + i, gpa.get(state, frame) + i);
            setAsid(state, frame + i, asid.get(state, frame));
            vmsa.set(state, frame + i, vmsa.get(state, frame));
            validated.set(state, frame + i, validated.get(state, frame));
            masks.divide(state, frame, frame + i);
            setImmutable(state, frame + i, isImmutable(state, frame), isLocked(state, frame));
        }
    }

    /** Makes an entry as the firmware initialises it: 4K, nobody's or the firmware's own, immutable or not. */
    public void reset(State state, int frame, boolean assign, boolean fixed) {
        set(state, frame, assign, 0, 0, 0);
        setImmutable(state, frame, fixed, assign && fixed);
    }

    public void setValidated(State state, int frame, boolean value) {
        int entry = entry(state, frame);
        if (!value && validated.get(state, entry)) {
            masks.age(state, entry);
        }
        validated.set(state, entry, value);
    }

    public void setVmsa(State state, int frame, boolean value) {
        if (options.vmsa()) {
            vmsa.set(state, entry(state, frame), value ? 1 : 0);
        }
    }

    public void setPermissions(State state, int frame, int vmpl, int permissions) {
        int entry = entry(state, frame);
        if (vmpl == Snp.INNER_VMPL) {
            masks.age(state, entry);
        }
        masks.set(state, entry, vmpl, permissions);
    }

    /** Where the firmware looks at them, the counters of pages of each ASID follow. */
    public void setAsid(State state, int entry, int newAsid) {
        if (options.firmware()) {
            int old = asid.get(state, entry);
            pages.set(state, old, pages.get(state, old) - (old != 0 ? 1 : 0));
            pages.set(state, newAsid, pages.get(state, newAsid) + (newAsid != 0 ? 1 : 0));
        }
        asid.set(state, entry, newAsid);
    }

    public void setImmutable(State state, int entry, boolean fixed, boolean locked) {
        if (options.immutable()) {
            immutable.set(state, entry, fixed ? 1 : 0);
        }
        if (options.firmware()) {
            lock.set(state, entry, locked ? 1 : 0);
        }
    }

    public void setTag(State state, int entry, int value, int contextFrame) {
        if (options.firmware()) {
            tag.set(state, entry, value);
            context.set(state, entry, contextFrame);
        }
    }
}
