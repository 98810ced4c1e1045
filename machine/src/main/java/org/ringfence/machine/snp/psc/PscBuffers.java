package org.ringfence.machine.snp.psc;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.ValueNames;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * The buffer of each vCPU in which the event 0x80000010 asks for many page state changes at once: a header that says
 * which entries are still to be done, and the entries. It lies in the GHCB, a shared page: the guest writes it, the
 * host advances it, and a host that is not honest writes there what it likes at any time.
 *
 * <p>{@link #next} and {@link #complete} are KVM's way through it, entry by entry. KVM hands neighbouring entries of
 * one kind to userspace together, which the guest cannot tell.
 *
 * <p>Source: Linux, {@code arch/x86/kvm/svm/sev.c} (snp_begin_psc, snp_complete_one_psc).
 *
 * @param capacity entries of a buffer: {@link PscEntry#MOST} in life
 * @param current the header's first entry that is not done, to {@code capacity}
 * @param last the header's last entry, to {@code capacity}, which is one too many
 * @param reserved whether the header's reserved word is other than 0
 * @param outside whether SW_SCRATCH named a buffer that does not lie in the GHCB
 * @param page of each entry
 * @param operation of each entry, its four bits
 * @param large whether the entry is about a 2M page
 * @param done 4K pages of the entry that are done
 */
public record PscBuffers(
        Geometry geometry,
        int vcpus,
        int capacity,
        Bounded current,
        Bounded last,
        Bounded reserved,
        Bounded outside,
        Bounded page,
        Bounded operation,
        Bounded large,
        Bounded done) {

    private static final int OPERATIONS = 15;
    private static final ValueNames OPERATION_NAMES =
            ValueNames.of("0", "private", "shared", "PSMASH", "UNSMASH");

    /**
     * Brings a buffer.
     *
     * @param entries that it has at least
     */
    public record Sized(int entries) implements Part {
        public Sized {
            if (entries < 1 || entries > PscEntry.MOST) {
                throw new IllegalArgumentException(
                        "a buffer of page state changes has 1 to %d entries, not %d".formatted(PscEntry.MOST, entries));
            }
        }

        @Override
        public Class<PscBuffers> type() {
            return PscBuffers.class;
        }

        @Override
        public PscBuffers declare(Declaration declaration, Machine machine, Cast cast) {
            return PscBuffers.declare(
                    declaration, machine.part(Memory.class).geometry(), cast.vcpus(), entries);
        }

        @Override
        public Part and(Part other) {
            return other instanceof Sized(int more) && more > entries ? other : this;
        }
    }

    /** Declares a buffer of {@code capacity} entries for each of the actors 0 to {@code vcpus - 1}. */
    public static PscBuffers declare(Declaration declaration, Geometry geometry, int vcpus, int capacity) {
        if (capacity < 1 || capacity > PscEntry.MOST) {
            throw new IllegalArgumentException(
                    "a buffer has " + capacity + " entries; allowed are 1 to " + PscEntry.MOST);
        }
        Table header = declaration.table("PSC header", "vCPU", vcpus);
        Table entries = declaration.table("PSC entry", "entry", vcpus * capacity);
        return new PscBuffers(
                geometry,
                vcpus,
                capacity,
                header.bounded("current", capacity),
                header.bounded("last", capacity),
                header.truth("reserved", true),
                header.truth("outside", true),
                entries.page("page", geometry.pages() - 1),
                entries.bounded("operation", OPERATIONS, OPERATION_NAMES),
                entries.truth("2M", geometry.hasLargePages()),
                entries.bounded("done", geometry.smallPerLarge()));
    }

    /** What KVM takes for the size of the buffer, and where it may lie. */
    public enum Bound {
        @Meaning("What is left of the GHCB behind SW_SCRATCH, which must lie there: since May 2026.")
        REAL,
        @Meaning("The constant of 253 entries, wherever SW_SCRATCH says: before. A header that names an entry "
                + "behind a smaller buffer's end has KVM read and write memory of its own there (CVE-2026-53360, "
                + "CVE-2026-63938, CVE-2026-63939).")
        CONSTANT
    }

    /** What KVM finds to do next for a vCPU. */
    public enum Work {
        /** Every entry is done: SW_EXITINFO2 0. */
        NOTHING,
        /** SW_SCRATCH names memory outside the GHCB: SW_EXITINFO1 2, SW_EXITINFO2 3. */
        INVALID_SCRATCH,
        /** The header is bad: SW_EXITINFO2 {@link PscEntry#INVALID_HEADER}. */
        INVALID_HEADER,
        /** An entry is bad: SW_EXITINFO2 {@link PscEntry#INVALID_ENTRY}. */
        INVALID_ENTRY,
        /** An entry with an operation that is not served, and counts as done: PSMASH, UNSMASH, and unknown ones. */
        IGNORED,
        /** Make a 4K page private. */
        PRIVATE_4K,
        /** Make a 2M page private. */
        PRIVATE_2M,
        /** Make a 4K page shared. */
        SHARED_4K,
        /** Make a 2M page shared. */
        SHARED_2M;

        /** SW_EXITINFO2 that it ends the request with; 0 where it does not. */
        public long exitInfo2() {
            return switch (this) {
                case INVALID_SCRATCH -> PscEntry.INVALID_SCRATCH;
                case INVALID_HEADER -> PscEntry.INVALID_HEADER;
                case INVALID_ENTRY -> PscEntry.INVALID_ENTRY;
                case NOTHING, IGNORED, PRIVATE_4K, PRIVATE_2M, SHARED_4K, SHARED_2M -> 0;
            };
        }
    }

    /** The header of a vCPU's buffer as it lies in memory; the reserved word is told as 1 where it is other than 0. */
    public long header(State state, int vcpu) {
        return PscEntry.header(current.get(state, vcpu), last.get(state, vcpu))
                | (long) reserved.get(state, vcpu) << 32;
    }

    /** An entry of a vCPU's buffer as it lies in memory. */
    public PscEntry entry(State state, int vcpu, int entry) {
        int index = index(vcpu, entry);
        return PscEntry.of(
                geometry.gpa(page.get(state, index)),
                operation.get(state, index),
                isLarge(state, index) ? Level.SIZE_2M : Level.SIZE_4K)
                .withDone(done.get(state, index));
    }

    private int index(int vcpu, int entry) {
        return vcpu * capacity + entry;
    }

    public void writeHeader(State state, int vcpu, int first, int end, boolean dirty) {
        current.set(state, vcpu, first);
        last.set(state, vcpu, end);
        reserved.set(state, vcpu, dirty ? 1 : 0);
    }

    void writeEntry(State state, int vcpu, int entry, int where, int what, Level size, int pages) {
        int index = index(vcpu, entry);
        page.set(state, index, where);
        operation.set(state, index, what);
        large.set(state, index, size == Level.SIZE_2M ? 1 : 0);
        done.set(state, index, pages);
    }

    /**
     * Goes past what is done, and says what the first entry that is not asks for. A header that names an entry behind
     * the buffer's end is held against host safety.
     */
    public Work next(State state, int vcpu, Bound bound) {
        if (outside.get(state, vcpu) != 0 && bound == Bound.REAL) {
            return Work.INVALID_SCRATCH;
        }
        int end = last.get(state, vcpu);
        if (end >= capacity) {
            boolean beyond = bound == Bound.CONSTANT && capacity < PscEntry.MOST;
            state.observe(beyond ? Property.HOST_SAFETY.broken() : Property.HOST_SAFETY.exercised());
            return beyond ? Work.INVALID_ENTRY : Work.INVALID_HEADER;
        }
        for (int entry = current.get(state, vcpu); entry <= end; entry++) {
            current.set(state, vcpu, entry);
            int index = index(vcpu, entry);
            int span = span(state, index);
            boolean misaligned = isLarge(state, index) && !geometry.isLargeAligned(page.get(state, index));
            if (done.get(state, index) > span || misaligned) {
                return Work.INVALID_ENTRY;
            }
            if (done.get(state, index) < span) {
                return work(operation.get(state, index), isLarge(state, index) && done.get(state, index) == 0);
            }
            current.set(state, vcpu, entry + 1);
        }
        return Work.NOTHING;
    }

    /** The page that {@link #next}'s work is about. */
    public int pageOf(State state, int vcpu) {
        int entry = current.get(state, vcpu);
        if (entry >= capacity) {
            return 0;
        }
        int index = index(vcpu, entry);
        int where = page.get(state, index) + Math.min(done.get(state, index), span(state, index) - 1);
        return Math.min(where, geometry.pages() - 1);
    }

    /** What {@link #next} said is done. */
    public void complete(State state, int vcpu) {
        int index = index(vcpu, Math.min(current.get(state, vcpu), capacity - 1));
        boolean whole = done.get(state, index) == 0 || work(operation.get(state, index), false) == Work.IGNORED;
        done.set(state, index, whole ? span(state, index) : Math.min(done.get(state, index) + 1, span(state, index)));
    }

    private boolean isLarge(State state, int index) {
        return geometry.hasLargePages() && large.get(state, index) != 0;
    }

    private int span(State state, int index) {
        return isLarge(state, index) ? geometry.smallPerLarge() : 1;
    }

    private static Work work(int operation, boolean whole2M) {
        return switch (operation) {
            case 1 -> whole2M ? Work.PRIVATE_2M : Work.PRIVATE_4K;
            case 2 -> whole2M ? Work.SHARED_2M : Work.SHARED_4K;
            default -> Work.IGNORED;
        };
    }
}
