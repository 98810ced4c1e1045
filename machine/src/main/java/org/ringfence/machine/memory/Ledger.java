package org.ringfence.machine.memory;

import java.util.List;
import java.util.Optional;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * What a guest may expect of each of its pages, kept beside the machine to judge what it reads: no hardware has it.
 *
 * <p>A page is <em>live</em> once the guest has stored to it and until it {@linkplain #released gives it up}. An
 * accept, a validate or a scrub of a page that is live is no write: whoever reads it afterwards is still owed what was
 * stored.
 *
 * @param latest what the guest is owed
 * @param put every value that was ever properly put there since the page was given up last
 * @param live whether the guest has something there
 * @param clean whether the guest takes the page for freshly accepted, hence zero
 */
public record Ledger(Enumerated<Value> latest, Bits put, Flag live, Flag clean) {

    /**
     * What is owed to the guest that {@code actor} is software in: the guests of a machine have its ledgers in their
     * order. Empty where the machine has none for that guest.
     */
    public static Optional<Ledger> of(Machine machine, Actor actor) {
        List<Ledger> ledgers = machine.parts(Ledger.class);
        int guest = GuestMemory.numberOf(machine, actor);
        return guest < ledgers.size() ? Optional.of(ledgers.get(guest)) : Optional.empty();
    }

    /** Declares one entry for each of {@code pages} pages of the guest. */
    public static Ledger declare(Declaration declaration, int pages) {
        Table table = declaration.perPage("owed", pages);
        return new Ledger(
                table.enumerated("latest", Value.class),
                table.constants("put", Value.class),
                table.flag("live"),
                table.flag("clean"));
    }

    /** The guest stored {@code value}. */
    public void stored(State state, int page, Value value) {
        latest.set(state, page, value);
        put.add(state, page, value.ordinal());
        live.set(state, page, true);
        clean.set(state, page, false);
    }

    /** The launch put measured contents there. */
    public void launched(State state, int page, Value value) {
        stored(state, page, value);
    }

    /** An accept, or a scrub that belongs to one, has zeroed the page. */
    public void zeroed(State state, int page) {
        if (!live.get(state, page)) {
            latest.set(state, page, Value.ZERO);
            put.add(state, page, Value.ZERO.ordinal());
        }
    }

    /** The guest takes the page for successfully accepted, and what is in it for zero. */
    public void takenForAccepted(State state, int page) {
        clean.set(state, page, true);
    }

    /** The guest gives up what it has there: it shares or frees the page. */
    public void released(State state, int page) {
        latest.set(state, page, Value.ZERO);
        put.set(state, page, 0);
        live.set(state, page, false);
        clean.set(state, page, false);
    }

    /**
     * The guest read {@code value}, the ordinal of a {@link Value} or {@link Memory#JUNK}, through its private mapping.
     */
    public void loaded(State state, int page, int value) {
        boolean wasPut = value != Memory.JUNK && put.has(state, page, value);
        boolean isLatest = wasPut && latest.ordinal(state, page) == value;
        state.observe(wasPut ? Property.INTEGRITY.exercised() : Property.INTEGRITY.broken());
        state.observe(isLatest ? Property.FRESHNESS.exercised() : Property.FRESHNESS.broken());
        if (clean.get(state, page)) {
            boolean isZero = value == Value.ZERO.ordinal();
            state.observe(isZero ? Property.CLEAN_ACCEPT.exercised() : Property.CLEAN_ACCEPT.broken());
        }
    }

    /** Someone saw {@code value}, the ordinal of a {@link Value} or {@link Memory#JUNK}. */
    public static void seen(State state, Principal observer, int value) {
        boolean secret = value != Memory.JUNK && VALUES[value].isSecretFrom(observer);
        state.observe(secret ? Property.CONFIDENTIALITY.broken() : Property.CONFIDENTIALITY.exercised());
    }

    private static final Value[] VALUES = Value.values();
}
