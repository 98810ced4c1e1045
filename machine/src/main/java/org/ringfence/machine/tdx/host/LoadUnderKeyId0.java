package org.ringfence.machine.tdx.host;

import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.MachineChecks;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * Someone outside the TD reads a frame under KeyID 0. Where the line belongs to a TD it reads zeroes, with no machine
 * check; else what lies there. Poison is a machine check on the host. Source: Intel TDX Module Base Architecture
 * Specification, chapter 16 (reads by a shared KeyID of a line with the TD-owner bit).
 */
public record LoadUnderKeyId0(Frame frame) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
        return state -> {
            commit(tdx, state, actor.principal(), frame.index());
            return Done.DONE.ordinal();
        };
    }

    public static void commit(Tdx tdx, State state, Principal reader, int frame) {
        int found = tdx.access().readShared(state, frame);
        if (found == Memory.POISON) {
            MachineChecks.mark(state, MachineChecks.Where.HOST);
        } else {
            Ledger.seen(state, reader, found);
        }
    }

    @Override
    public String mnemonic() {
        return "host load";
    }
}
