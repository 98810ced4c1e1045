package org.ringfence.stack.guest.linux.convert;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.Table;

/**
 * What the page allocator knows of the pages that were shared with the host once: which of them it may give to somebody
 * else, and which were left to nobody because nobody knows what state they are in. It does not know who can see a page.
 *
 * @param free whether a page may be given away
 * @param leaked whether nobody will use it again
 */
public record PageAllocator(Geometry geometry, Flag free, Flag leaked) {
    /** Brings it; no page is free. */
    public static final Part PART = Part.of(
            PageAllocator.class,
            (declaration, machine, cast) -> declare(declaration, machine.part(Memory.class).geometry()));

    /** Declares two flags a page. */
    public static PageAllocator declare(Declaration declaration, Geometry geometry) {
        Table table = declaration.perPage("page allocator", geometry.pages());
        return new PageAllocator(geometry, table.flag("free"), table.flag("leaked"));
    }

    /** What is done with the page at {@code gpa}. */
    public sealed interface PageOperation extends Action {
        /** The page, in bytes. */
        long gpa();

        @Override
        default List<Part> needs() {
            return List.of(PART);
        }
    }

    /** Frees it. */
    public record FreePage(long gpa) implements PageOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            PageAllocator pages = machine.part(PageAllocator.class);
            int page = GuestPages.page(pages.geometry(), gpa);
            return state -> {
                pages.free().set(state, page, true);
                state.observe(Property.ACCOUNTING.exercised());
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "free page";
        }
    }

    /** Takes it for somebody else; waits while it is not free. */
    public record TakePage(long gpa) implements PageOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            PageAllocator pages = machine.part(PageAllocator.class);
            int page = GuestPages.page(pages.geometry(), gpa);
            return state -> {
                if (!pages.free().get(state, page)) {
                    return Outcome.WAITS;
                }
                pages.free().set(state, page, false);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "allocate page";
        }
    }

    /** Leaves it to nobody, which is held against accounting. */
    public record LeakPage(long gpa) implements PageOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            PageAllocator pages = machine.part(PageAllocator.class);
            int page = GuestPages.page(pages.geometry(), gpa);
            return state -> {
                pages.leaked().set(state, page, true);
                state.observe(Property.ACCOUNTING.broken());
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "leak page";
        }
    }
}
