package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.tdcall.TdgVpInvept;
import org.ringfence.stack.guest.svsm.FlushRequests.AwaitRequest;
import org.ringfence.stack.guest.svsm.FlushRequests.Flushed;

/** A CPU of L1 that does nothing but flush its translations of L2 when it is asked; while it waits its L2 runs. */
public record AnswerFlushes() implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new AwaitRequest());
        cpu.ask(new TdgVpInvept());
        cpu.ask(new Flushed());
        return cpu.again(this);
    }
}
