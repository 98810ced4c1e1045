package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.state.State;

/**
 * RMPREAD: the host reads the architectural view of the RMP entry of {@code frame}. {@link #ask} decodes its result.
 * EAX is 1, FAIL_INPUT, beyond the RMP, and 2, FAIL_PERMISSION, in a guest.
 */
public record Rmpread(Frame frame) implements Operation<Long> {
    static final long FAIL_INPUT = 1L << 61;
    static final long FAIL_PERMISSION = 2L << 61;

    /** What it leaves in EAX, for a number that {@link #on} ended with. */
    public static int eax(long result) {
        return (int) (result >>> 61);
    }

    /** The structure that it writes, for a number that {@link #on} ended with and whose {@link #eax} is 0. */
    public static RmpView view(long result) {
        return RmpView.unpack(result);
    }

    /** Performs it on {@code cpu}; the frame must be covered. */
    public RmpView ask(Cpu cpu) {
        return view(cpu.ask(this).longValue());
    }

    @Override
    public Results<Long> results() {
        return new Results.Value();
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        if (actor.principal() != Principal.HOST) {
            return state -> FAIL_PERMISSION;
        }
        ReverseMapTable rmp = machine.part(Snp.class).rmp();
        return state -> perform(state, rmp, frame.index());
    }

    /** RMPREAD by the host ({@code F2 0F 01 FD}). */
    private static long perform(State state, ReverseMapTable rmp, int frame) {
        if (frame >= rmp.covered()) {
            return FAIL_INPUT;
        }
        int entry = rmp.entry(state, frame);
        return new RmpView(
                rmp.rawGpa(state, entry),
                rmp.isAssigned(state, entry),
                rmp.isLarge(state, frame) ? Level.SIZE_2M : Level.SIZE_4K,
                rmp.subpageCount(state, frame) != 0,
                rmp.isImmutable(state, entry),
                rmp.asid().get(state, entry))
                .packed();
    }

    @Override
    public String mnemonic() {
        return "RMPREAD";
    }
}
