package org.ringfence.machine.cca.rsi;

import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.CcaGuard;
import org.ringfence.machine.cca.realm.RecExitReason;
import org.ringfence.machine.cca.rtt.Ripas;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * RSI_IPA_STATE_SET: software in a realm asks that a range become EMPTY or RAM. Its REC leaves for the host, which does
 * it by RMI_RTT_SET_RIPAS, all, a part or nothing of it, and enters the REC again. How far it has come the RMM tells,
 * and not the host. Source: TF-RMM rmm-spec-v1.0-rel0, rsi/memory.c and rmi/run.c.
 *
 * @param base X1, in bytes
 * @param top X2: the first address behind the range
 * @param ripas X3: the number of a {@link Ripas}; DESTROYED and others are refused
 * @param changeDestroyed X4: whether pages that the host has destroyed are to change too
 * @param geometry of the machine
 */
public record IpaStateSet(long base, long top, int ripas, boolean changeDestroyed, Geometry geometry)
        implements
            Operation<IpaStateSet.Changed> {

    /** What the host said to what it has not done. */
    public enum Response {
        /** RSI_ACCEPT. */
        ACCEPT(0),
        /** RSI_REJECT: it will not. */
        REJECT(1);

        private final int number;

        Response(int number) {
            this.number = number;
        }

        /** The number in X2. */
        public int number() {
            return number;
        }
    }

    /**
     * What the realm gets.
     *
     * @param x1 the first address that has not changed
     */
    public record Changed(RsiStatus x0, long x1, Response x2) {
        @Override
        public String toString() {
            return x0 == RsiStatus.RSI_SUCCESS
                    ? "RSI_SUCCESS (up to 0x%X, %s)".formatted(x1, x2)
                    : x0.toString();
        }
    }

    /** 0 for RSI_ERROR_INPUT, which the host never sees; else {@link #code}. */
    record Reached(long top, Geometry geometry) implements Results.Coding<Changed> {
        @Override
        public Changed decode(long code) {
            if (code == 0) {
                return new Changed(RsiStatus.RSI_ERROR_INPUT, 0, Response.ACCEPT);
            }
            int page = (int) (code - 1) / 2;
            boolean all = page == geometry.page(top - Geometry.SMALL) + 1;
            return new Changed(
                    RsiStatus.RSI_SUCCESS,
                    all ? top : geometry.gpa(page),
                    code % 2 == 0 ? Response.REJECT : Response.ACCEPT);
        }

        @Override
        public String print(long code) {
            return decode(code).toString();
        }
    }

    /** The code of the result that the change has come to {@code page}. */
    public static int code(int page, boolean rejected) {
        return 1 + 2 * page + (rejected ? 1 : 0);
    }

    /** How many codes there are, on a machine with so many pages. */
    public static int codes(int pages) {
        return code(pages, true) + 1;
    }

    @Override
    public Results<Changed> results() {
        return new Results.Coded<>(new Reached(top, geometry));
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Cca cca = Cca.of(machine, actor);
        int vcpu = actor.index();
        boolean known = ripas <= Ripas.RAM.number() || !cca.checks(CcaGuard.IPA_STATE_SET_TO_EMPTY_OR_RAM);
        int first = cca.geometry().page(base);
        int last = cca.geometry().page(top - Geometry.SMALL);
        if (!known || ripas < 0 || first < 0 || last < first) {
            return state -> 0;
        }
        boolean ram = ripas != Ripas.EMPTY.number();
        return state -> {
            cca.recs().ask(state, vcpu, first, last + 1, ram, changeDestroyed);
            cca.recs().leave(state, vcpu, Status.CALLING, RecExitReason.RIPAS_CHANGE, first);
            return Outcome.CALLS;
        };
    }

    @Override
    public String mnemonic() {
        return "RSI_IPA_STATE_SET";
    }
}
