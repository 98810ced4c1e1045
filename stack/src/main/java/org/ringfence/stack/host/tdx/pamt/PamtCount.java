package org.ringfence.stack.host.tdx.pamt;

import java.util.List;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * What a host keeps of the pair of PAMT pages of one 2M: how many use it, and the lock under which pairs are added and
 * removed. Source: Linux, patches "TDX: Enable Dynamic PAMT" (pamt_refcounts, pamt_lock).
 */
public record PamtCount(Bounded count, Flag locked) {
    private static final int MOST = 7;

    /** Brings it. */
    public static final Part PART = Part.of(PamtCount.class, (declaration, machine, cast) -> declare(declaration));

    static PamtCount declare(Declaration declaration) {
        Table table = declaration.single("PAMT of a 2M");
        return new PamtCount(table.bounded("users", MOST), table.flag("pamt_lock"));
    }

    /** Whether a count was, or is, not zero. */
    public enum Answer {
        ZERO,
        NOT_ZERO
    }

    /** Atomic operations. */
    public enum What {
        /** One more, unless it is 0: what it was. */
        ATOMIC_INC_NOT_ZERO,
        /** One more: what it is. */
        ATOMIC_INC,
        /** One less: what it is. */
        ATOMIC_DEC_AND_TEST,
        /** What it is. */
        ATOMIC_READ,
        /** 1. */
        ATOMIC_SET_1,
        /** Takes the lock, when nobody has it. */
        SPIN_LOCK,
        /** Gives it back. */
        SPIN_UNLOCK
    }

    /** Changes it, or looks at it. */
    public record OnCount(What what) implements Operation<Answer> {
        @Override
        public List<Part> needs() {
            return List.of(PART);
        }

        @Override
        public Results<Answer> results() {
            return new Results.Closed<>(Answer.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            PamtCount counted = machine.part(PamtCount.class);
            return state -> counted.take(state, what);
        }

        @Override
        public String mnemonic() {
            return "PAMT count";
        }
    }

    private long take(State state, What what) {
        int now = count.get(state);
        return switch (what) {
            case ATOMIC_INC_NOT_ZERO -> {
                count.set(state, now == 0 ? 0 : Math.min(MOST, now + 1));
                yield answer(now);
            }
            case ATOMIC_INC -> set(state, Math.min(MOST, now + 1));
            case ATOMIC_DEC_AND_TEST -> set(state, Math.max(0, now - 1));
            case ATOMIC_READ -> answer(now);
            case ATOMIC_SET_1 -> set(state, 1);
            case SPIN_LOCK -> {
                if (locked.get(state)) {
                    yield Outcome.WAITS;
                }
                locked.set(state, true);
                yield answer(now);
            }
            case SPIN_UNLOCK -> {
                locked.set(state, false);
                yield answer(now);
            }
        };
    }

    private long set(State state, int to) {
        count.set(state, to);
        return answer(to);
    }

    private static long answer(int count) {
        return (count == 0 ? Answer.ZERO : Answer.NOT_ZERO).ordinal();
    }
}
