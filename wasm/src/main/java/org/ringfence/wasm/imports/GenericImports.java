package org.ringfence.wasm.imports;

import static org.ringfence.wasm.imports.Signature.Type.I32;
import static org.ringfence.wasm.imports.Signature.Type.I64;

import java.util.List;
import java.util.function.Function;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Scrub;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Choose;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Operation;
import org.ringfence.stack.sync.LockOperation;

/**
 * What software asks on every protection: whole pages of guest memory, notes of intent, choices, locks, and giving up.
 */
public final class GenericImports {
    private static final int MOST_CHOICES = 64;

    /** The library. */
    public static final Library LIBRARY = new Library(
            "ringfence",
            "whole pages of guest memory, notes of intent, choices, locks, and giving up",
            List.of(
                    load("load", Mapping.PRIVATE),
                    load("load_shared", Mapping.SHARED),
                    store("store", Mapping.PRIVATE),
                    store("store_shared", Mapping.SHARED),
                    new Import(
                            "scrub",
                            Signature.of(I64).giving(I32),
                            "zeroing of a page that was made private; as enum ringfence_stored",
                            call -> {
                                return Reply.of(call.ask(new Scrub(page(call))).ordinal());
                            }),
                    new Import(
                            "taken_for_accepted",
                            Signature.of(I64),
                            "the note that the guest takes the page for accepted, hence zero",
                            call -> noted(call, Note.takenForAccepted(page(call)))),
                    new Import(
                            "given_up",
                            Signature.of(I64),
                            "the note that the guest gives up what it has in the page",
                            call -> noted(call, Note.givenUp(page(call)))),
                    new Import(
                            "choose",
                            Signature.of(I32).giving(I32),
                            "a choice among 0 to n - 1; every one is explored",
                            GenericImports::choose),
                    lock("lock", LockOperation.TakeLock::new,
                            "taking the lock of this name, which waits while it is held"),
                    lock("unlock", LockOperation.GiveLock::new, "giving back the lock of this name"),
                    new Import(
                            "panic",
                            Signature.of(I32),
                            "a Panic with this text as its reason",
                            call -> {
                                throw call.panic(call.text(call.argument(0)));
                            }),
                    new Import(
                            "panic_at",
                            Signature.of(I32, I64),
                            "a Panic with this text and number as its reason",
                            call -> {
                                throw call.panic("%s 0x%X".formatted(call.text(call.argument(0)), call.argument(1)));
                            })));

    private GenericImports() {}

    /** Whether a call of {@code one} does nothing but give up. */
    public static boolean givesUp(Import one) {
        return LIBRARY.imports().contains(one) && one.name().startsWith("panic");
    }

    private static Import load(String name, Mapping mapping) {
        return new Import(
                name,
                Signature.of(I64).giving(I32),
                "load of the page through the %s mapping; its contents or a fault, as enum ringfence_loaded"
                        .formatted(mapping),
                call -> {
                    Loaded loaded = call.ask(new Load(page(call), mapping));
                    return Reply.of(loaded.ordinal());
                });
    }

    private static Import store(String name, Mapping mapping) {
        return new Import(
                name,
                Signature.of(I64, I32).giving(I32),
                "store of one of enum ringfence_value to the page through the %s mapping; as enum ringfence_stored"
                        .formatted(mapping),
                call -> {
                    long gpa = page(call);
                    long value = call.argument(1);
                    if (value >= Value.values().length) {
                        throw call.refused("stores %d, which is none of enum ringfence_value".formatted(value));
                    }
                    Stored stored = call.ask(new Store(gpa, mapping, Value.values()[(int) value]));
                    return Reply.of(stored.ordinal());
                });
    }

    private static Import lock(String name, Function<String, Operation<Done>> operation, String mapsTo) {
        return new Import(name, Signature.of(I32), mapsTo, call -> {
            call.ask(operation.apply(call.text(call.argument(0))));
            return Reply.NOTHING;
        });
    }

    private static Reply noted(ImportCall call, Note note) {
        call.ask(note);
        return Reply.NOTHING;
    }

    private static Reply choose(ImportCall call) {
        long options = call.argument(0);
        if (options < 1 || options > MOST_CHOICES) {
            throw call.refused("chooses among %d; allowed are 1 to %d".formatted(options, MOST_CHOICES));
        }
        return Reply.of(call.ask(new Choose((int) options)));
    }

    /** The page that argument 0 lies in. */
    private static long page(ImportCall call) {
        long gpa = call.argument(0) & -Geometry.SMALL;
        if (call.geometry().page(gpa) < 0) {
            throw refused(call);
        }
        return gpa;
    }

    /** Argument 0 must be the address of a page. */
    static void requirePage(ImportCall call) {
        if (call.geometry().page(call.argument(0)) < 0) {
            throw refused(call);
        }
    }

    private static RuntimeException refused(ImportCall call) {
        return call.refused("names GPA 0x%X, which is no page of a machine with %d pages"
                .formatted(call.argument(0), call.geometry().pages()));
    }
}
