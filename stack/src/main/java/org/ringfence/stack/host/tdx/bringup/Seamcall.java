package org.ringfence.stack.host.tdx.bringup;

import java.util.Optional;
import org.ringfence.machine.memory.Topology;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.module.sys.TdhSysTdmrInit;

/**
 * A leaf function called by a given logical processor, as Linux calls it: by an interrupt to that processor where it is
 * another, and with the registers that come back. A processor that is offline answers no interrupt: the caller waits.
 *
 * @param cpu the logical processor
 */
public record Seamcall(int cpu, ModuleCall<?> call) implements Operation<Seamcall.Returned> {

    /** Bits 59:48 of a status are zero and no physical address has them. */
    private static final int FAILED_BIT = 59;

    /**
     * What came back.
     *
     * @param rax the completion status
     * @param rdx after a TDH.SYS.TDMR.INIT that succeeded; else 0
     */
    public record Returned(long rax, long rdx) {
        /** Whether RAX is TDX_SUCCESS; an informational status is none to Linux. */
        public boolean isSuccess() {
            return rax == 0;
        }
    }

    @Override
    public Results<Returned> results() {
        return new Results.Coded<>(Registers.RAX_AND_RDX);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Leaf leaf = call.leaf(machine, new Actor(cpu, actor.principal(), actor.name()));
        ModuleCall<?> asked = call;
        boolean tells = call instanceof TdhSysTdmrInit;
        Optional<Topology> topology = machine.find(Topology.class);
        return state -> {
            if (topology.isPresent() && !topology.get().isOnline(state, cpu)) {
                return Outcome.WAITS;
            }
            Outputs outputs = Outputs.zero();
            long code = leaf.take(state, outputs);
            if (code < 0) {
                return code;
            }
            long rax = asked.rax(code);
            if (rax != 0) {
                return code(rax);
            }
            return tells ? outputs.with(0).rdx() : 0;
        };
    }

    /** The code of a call that fails with {@code rax}. */
    static long code(long rax) {
        return 1L << FAILED_BIT | rax & ~(1L << Long.SIZE - 1) | rax >>> Long.SIZE - 1 << FAILED_BIT - 1;
    }

    @Override
    public String mnemonic() {
        return call.mnemonic();
    }

    /** RAX and RDX in one number: RDX where the call succeeded, else RAX with a mark. */
    enum Registers implements Results.Coding<Returned> {
        RAX_AND_RDX;

        @Override
        public Returned decode(long code) {
            if ((code >>> FAILED_BIT & 1) == 0) {
                return new Returned(0, code);
            }
            long error = code >>> FAILED_BIT - 1 & 1;
            return new Returned(code & ~(3L << FAILED_BIT - 1) | error << Long.SIZE - 1, 0);
        }

        @Override
        public String print(long code) {
            Returned returned = decode(code);
            if (returned.isSuccess()) {
                return returned.rdx() == 0 ? "TDX_SUCCESS" : "TDX_SUCCESS, RDX 0x%X".formatted(returned.rdx());
            }
            return Statuses.print(returned.rax());
        }
    }
}
