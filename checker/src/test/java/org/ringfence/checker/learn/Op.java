package org.ringfence.checker.learn;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/** An operation that learning needs no machine for. */
record Op(String name, int count) implements Operation<Integer> {
    static Op of(String name) {
        return new Op(name, 2);
    }

    @Override
    public Results<Integer> results() {
        return new Results.Number(count);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        return state -> 0;
    }

    @Override
    public String mnemonic() {
        return name;
    }

    @Override
    public String toString() {
        return name;
    }
}
