package org.ringfence.stack.host.kvm.inplace;

import java.util.List;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.gmem.KvmErrno;
import org.ringfence.stack.sync.Locks;

/** What is done with an {@link InPlaceFile}. */
public sealed interface InPlaceOperation<R> extends Operation<R> {

    @Override
    default List<Part> needs() {
        return List.of(InPlaceFile.PART);
    }

    /** What userspace can do with a page. */
    enum Userspace {
        /** Touches it through a mapping that it has not used yet: refused with SIGBUS while the page is private. */
        MAP,
        /** Has it pinned, which takes a page that it can map. */
        PIN,
        /** Has it released. */
        UNPIN,
        /** Writes to it, by the mapping or by the pin. */
        WRITE,
        /** Reads it, by the mapping or by the pin. */
        READ
    }

    /**
     * Userspace on a machine.
     *
     * @param lock the number of the file's lock, which a touch that maps a page takes for itself
     */
    record Uses(InPlaceFile file, Locks locks, int lock) {
        Uses(Machine machine) {
            this(
                    machine.part(InPlaceFile.class),
                    machine.part(Locks.class),
                    machine.part(Locks.class).index(FaultProtocol.FILE_LOCK));
        }

        /** Does it; 0 for done, {@link Outcome#WAITS} where it cannot be done now. */
        long use(State state, int page, Userspace use) {
            return use == Userspace.MAP && !locks.isFree(state, lock)
                    ? Outcome.WAITS
                    : InPlaceOperation.use(state, file, page, use);
        }
    }

    private static long use(State state, InPlaceFile file, int page, Userspace use) {
        boolean hidden = file.isPrivate().get(state, page);
        boolean pinned = file.pins().get(state, page) > 0;
        boolean reached = file.mapped().get(state, page) || pinned;
        boolean possible =
                switch (use) {
                    case MAP -> !hidden && !file.mapped().get(state, page);
                    case PIN -> file.mapped().get(state, page) && !pinned;
                    case UNPIN -> pinned;
                    case WRITE, READ -> reached;
                };
        if (!possible) {
            return Outcome.WAITS;
        }
        switch (use) {
            case MAP -> file.mapped().set(state, page, true);
            case PIN -> file.pins().set(state, page, 1);
            case UNPIN -> file.pins().set(state, page, 0);
            case WRITE -> {
                state.observe(hidden ? Property.INTEGRITY.broken() : Property.INTEGRITY.exercised());
                file.content().set(state, page, InPlaceFile.Content.SHARED);
            }
            case READ -> state.observe(file.content().is(state, page, InPlaceFile.Content.SECRET)
                    ? Property.CONFIDENTIALITY.broken()
                    : Property.CONFIDENTIALITY.exercised());
        }
        return Done.DONE.ordinal();
    }

    /** Userspace uses a page. */
    record UseInPlace(long gpa, Userspace use) implements InPlaceOperation<Done>, Action {
        @Override
        public List<Part> needs() {
            return List.of(InPlaceFile.PART, Locks.Named.of(FaultProtocol.FILE_LOCK));
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Uses uses = new Uses(machine);
            int page = uses.file.page(gpa);
            return state -> uses.use(state, page, use);
        }

        @Override
        public String mnemonic() {
            return "userspace";
        }
    }

    /** The guest writes a secret to a page, as soon as the page is private. */
    record ConfideInPlace(long gpa) implements InPlaceOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            InPlaceFile file = machine.part(InPlaceFile.class);
            int page = file.page(gpa);
            return state -> {
                if (!file.isPrivate().get(state, page)) {
                    return Outcome.WAITS;
                }
                file.content().set(state, page, InPlaceFile.Content.SECRET);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "confide";
        }
    }

    /** The guest reads what a page holds. */
    record ReadInPlace(long gpa) implements InPlaceOperation<InPlaceFile.Content> {
        @Override
        public Results<InPlaceFile.Content> results() {
            return new Results.Closed<>(InPlaceFile.Content.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            InPlaceFile file = machine.part(InPlaceFile.class);
            int page = file.page(gpa);
            return state -> file.content().get(state, page).ordinal();
        }

        @Override
        public String mnemonic() {
            return "read in place";
        }
    }

    /** Takes userspace's mappings of a page away. */
    record UnmapFromUserspace(long gpa) implements InPlaceOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            InPlaceFile file = machine.part(InPlaceFile.class);
            int page = file.page(gpa);
            return state -> {
                file.mapped().set(state, page, false);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "unmap_mapping_pages";
        }
    }

    /** Whether a page has references that are not the file's own. */
    record IsPinned(long gpa) implements InPlaceOperation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            InPlaceFile file = machine.part(InPlaceFile.class);
            int page = file.page(gpa);
            return state -> file.pins().get(state, page) > 0 ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return "count references";
        }
    }

    /** Stores a page's attribute, and makes of its contents what the mode says. */
    record StoreInPlace(long gpa, boolean toPrivate, ConvertInPlace.Mode mode)
            implements
                InPlaceOperation<Done>,
                Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            InPlaceFile file = machine.part(InPlaceFile.class);
            int page = file.page(gpa);
            return state -> {
                file.isPrivate().set(state, page, toPrivate);
                switch (mode) {
                    case UNSPECIFIED -> file.content().set(state, page, InPlaceFile.Content.UNSPECIFIED);
                    case ZERO -> file.content().set(state, page, InPlaceFile.Content.ZERO);
                    case PRESERVE -> {
                        // A secret that the guest has not written over is one still.
                    }
                }
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "store attribute in place";
        }
    }

    /** What the ioctl returns to userspace. */
    record AnswerConversion(KvmErrno errno) implements InPlaceOperation<KvmErrno> {
        @Override
        public Results<KvmErrno> results() {
            return new Results.Closed<>(KvmErrno.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            int code = errno.ordinal();
            return state -> code;
        }

        @Override
        public String mnemonic() {
            return "KVM_SET_MEMORY_ATTRIBUTES2";
        }
    }
}
