package org.ringfence.machine.cca.rsi;

import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.rtt.Ripas;
import org.ringfence.machine.cca.rtt.Rtt;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/**
 * RSI_IPA_STATE_GET: software in a realm asks for the RIPAS at the start of a range, and how far it goes on within one
 * table. Whether there is memory it does not learn. Source: TF-RMM rmm-spec-v1.0-rel0, rsi/memory.c.
 *
 * @param start X1, in bytes
 * @param end X2
 * @param geometry of the machine
 */
public record IpaStateGet(long start, long end, Geometry geometry) implements Operation<IpaStateGet.Told> {

    /**
     * What the realm gets.
     *
     * @param x1 the first address behind
     */
    public record Told(RsiStatus x0, long x1, Ripas x2) {
        @Override
        public String toString() {
            return x0 == RsiStatus.RSI_SUCCESS ? "RSI_SUCCESS (up to 0x%X, %s)".formatted(x1, x2) : x0.toString();
        }
    }

    /** 0 for RSI_ERROR_INPUT; else 1 + 3 * the last page with the same RIPAS + its number. */
    record Uniform(Geometry geometry) implements Results.Coding<Told> {
        @Override
        public Told decode(long code) {
            if (code == 0) {
                return new Told(RsiStatus.RSI_ERROR_INPUT, 0, Ripas.EMPTY);
            }
            int last = (int) (code - 1) / KINDS;
            return new Told(
                    RsiStatus.RSI_SUCCESS,
                    geometry.gpa(last) + Geometry.SMALL,
                    Ripas.values()[(int) (code - 1) % KINDS]);
        }

        @Override
        public String print(long code) {
            return decode(code).toString();
        }
    }

    private static final int KINDS = 3;

    @Override
    public Results<Told> results() {
        return new Results.Coded<>(new Uniform(geometry));
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Cca cca = Cca.of(machine, actor);
        int first = cca.geometry().page(start);
        int last = cca.geometry().page(end - Geometry.SMALL);
        if (first < 0 || last < first) {
            return state -> 0;
        }
        return state -> {
            Ripas found = cca.entry(state, first).ripas();
            int uniform = first;
            while (uniform < last && goesOn(state, cca, first, uniform + 1, found)) {
                uniform++;
            }
            return 1 + (long) KINDS * uniform + found.ordinal();
        };
    }

    /** Whether the answer about {@code first} holds for {@code page} too, which the RMM finds in the same table. */
    private static boolean goesOn(State state, Cca cca, int first, int page, Ripas found) {
        Rtt rtt = cca.rtt();
        int entry = rtt.walk(state, Cca.GUEST, page);
        boolean sameTable = rtt.level(entry) == rtt.level(rtt.walk(state, Cca.GUEST, first))
                && (rtt.level(entry) == Rtt.BLOCK_LEVEL || page / rtt.span() == first / rtt.span());
        return sameTable && rtt.entry().get(state, entry).ripas() == found;
    }

    @Override
    public String mnemonic() {
        return "RSI_IPA_STATE_GET";
    }
}
