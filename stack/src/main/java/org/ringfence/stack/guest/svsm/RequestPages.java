package org.ringfence.stack.guest.svsm;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The lists of entries that PVALIDATE takes, as they lie in pages of the inner guest's. They are memory: a frame that
 * is zeroed or written over holds none any more, one that is not validated cannot be read, and the inner guest can
 * write another list while the monitor goes through the first. A list is one of those that the machine knows; the
 * monitor writes its header back. Of two headers in one frame the later is kept.
 *
 * <p>Source: SVSM specification (AMD 58019), section 6.2; COCONUT-SVSM, kernel/src/protocols/core.rs (core_pvalidate).
 *
 * @param lists what can lie there, by index
 * @param list of each frame: the index of its list plus 1; one more than lists there are where it holds a header alone
 * @param place of each frame: which of its 64-bit words the header is
 * @param entries of the header
 * @param next of the header
 */
public record RequestPages(
        Memory memory, List<SvsmRequest.Entries> lists, Bounded list, Bounded place, Bounded entries, Bounded next) {

    /** Brings them, with lists of every kind. */
    public static final Part PART = new Knowing(List.of(), true);

    /** What reading an entry of a page that holds something else gives: reserved bits are set. */
    static final long SOMETHING = 0xFFFF_FFFFL;

    private static final int WORDS = 512;

    public RequestPages {
        lists = List.copyOf(lists);
    }

    /**
     * Brings them.
     *
     * @param lists that software writes
     * @param any whether lists of every kind are known too
     */
    record Knowing(List<SvsmRequest.Entries> lists, boolean any) implements Part {
        Knowing {
            lists = List.copyOf(lists);
        }

        @Override
        public Class<RequestPages> type() {
            return RequestPages.class;
        }

        @Override
        public RequestPages declare(Declaration declaration, Machine machine, Cast cast) {
            Memory memory = machine.part(Memory.class);
            List<SvsmRequest.Entries> known = new ArrayList<>(lists);
            if (any) {
                SvsmRequest.anything(memory.geometry()).stream()
                        .map(SvsmRequest::list)
                        .filter(one -> !one.words().isEmpty() && !lists.contains(one))
                        .distinct()
                        .forEach(known::add);
            }
            return RequestPages.declare(declaration, memory, known);
        }

        @Override
        public Part and(Part other) {
            if (!(other instanceof Knowing(List<SvsmRequest.Entries> more, boolean otherAny))) {
                throw new IllegalArgumentException("the lists of %s and of %s differ".formatted(this, other));
            }
            return new Knowing(Stream.concat(lists.stream(), more.stream()).distinct().toList(), any || otherAny);
        }

        @Override
        public List<Adversary> adversaries() {
            return List.of(Adversary.malicious(
                    Principal.INNER_GUEST,
                    (machine, cast) -> List.of(new ListFamily(
                            machine.part(RequestPages.class), machine.part(Snp.class), cast.innerGuest()))));
        }
    }

    /** Declares them. */
    public static RequestPages declare(Declaration declaration, Memory memory, List<SvsmRequest.Entries> lists) {
        Table table = declaration.perFrame("request");
        int most = lists.stream().mapToInt(SvsmRequest.Entries::entries).max().orElse(0);
        int last = lists.stream().mapToInt(SvsmRequest.Entries::next).max().orElse(0);
        return new RequestPages(
                memory,
                lists,
                table.bounded("list", lists.size() + 1),
                table.bounded("place", lists.isEmpty() ? 0 : WORDS - 1),
                table.bounded("entries", most),
                table.bounded("next", Math.max(most, last)));
    }

    /** The index of {@code wanted}. */
    int indexOf(SvsmRequest.Entries wanted) {
        int index = lists.indexOf(wanted);
        if (index < 0) {
            throw new IllegalArgumentException("the machine knows no list " + wanted);
        }
        return index;
    }

    /** The inner guest writes a list to {@code frame}, and its page over with it. */
    void write(State state, int frame, int index) {
        SvsmRequest.Entries written = lists.get(index);
        memory.store(state, 0, frame, Value.INNER, Snp.GUEST_KEY);
        list.set(state, frame, index + 1);
        place.set(state, frame, word(written.gpa()));
        entries.set(state, frame, written.entries());
        next.set(state, frame, written.next());
    }

    /** The word at {@code offset} bytes into {@code frame}, which can be read. */
    long read(State state, int frame, long offset) {
        int found = memory.load(state, 0, frame, Snp.GUEST_KEY);
        if (found == Value.ZERO.ordinal()) {
            return 0;
        }
        int index = list.get(state, frame) - 1;
        if (found != Value.INNER.ordinal() || index < 0) {
            return SOMETHING;
        }
        int word = word(offset);
        if (word == place.get(state, frame)) {
            return header(entries.get(state, frame), next.get(state, frame));
        }
        if (index == lists.size()) {
            return 0;
        }
        SvsmRequest.Entries held = lists.get(index);
        int at = word - word(held.gpa()) - 1;
        return at >= 0 && at < held.words().size() ? held.words().get(at) : 0;
    }

    /** The monitor writes a header back to {@code frame}. */
    void writeBack(State state, int frame, long offset, int count, int reached) {
        int found = memory.load(state, 0, frame, Snp.GUEST_KEY);
        if (found != Value.INNER.ordinal()) {
            memory.store(state, 0, frame, Value.INNER, Snp.GUEST_KEY);
            list.set(state, frame, lists.size() + 1);
        }
        place.set(state, frame, word(offset));
        entries.set(state, frame, Math.min(count, entries.max()));
        next.set(state, frame, Math.min(reached, next.max()));
    }

    private static int word(long address) {
        return (int) (address & Geometry.SMALL - 1) / Long.BYTES;
    }

    /** A header as it lies in memory. */
    static long header(int entries, int next) {
        return entries | (long) next << 16;
    }
}
