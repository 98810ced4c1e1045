package org.ringfence.stack.host.kvm.tdx;

import java.util.List;
import org.ringfence.machine.memory.Accessed;
import org.ringfence.machine.memory.HostLedger;
import org.ringfence.machine.memory.LineInstruction;
import org.ringfence.machine.memory.OnLine;

import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * Software of the host uses a frame that it takes for its own, under KeyID 0: what it stores there it expects to find.
 */
public record UseOwnFrame(LineInstruction instruction, Frame frame) implements Operation<Accessed> {
    @Override
    public List<Part> needs() {
        return List.of(HostLedger.PART);
    }

    @Override
    public Results<Accessed> results() {
        return new Results.Closed<>(Accessed.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        return new OnLine(instruction, frame, 0, Value.HOST).on(machine, actor);
    }

    @Override
    public String mnemonic() {
        return "use own frame";
    }
}
