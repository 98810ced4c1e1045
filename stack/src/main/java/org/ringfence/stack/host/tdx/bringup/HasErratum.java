package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/** Whether the processor has the partial-write erratum: boot_cpu_has_bug(X86_BUG_TDX_PW_MCE). */
public record HasErratum() implements Operation<Boolean> {
    @Override
    public Results<Boolean> results() {
        return new Results.Truth();
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        long code = machine.part(Memory.class).options().partialWriteErratum() ? 1 : 0;
        return state -> code;
    }

    @Override
    public String mnemonic() {
        return "cpu bug";
    }
}
