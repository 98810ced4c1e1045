package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.module.SystemState;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * Another processor of the host, which configures the global key on its own package as soon as TDH.SYS.CONFIG is done,
 * whatever others do meanwhile.
 */
public record TdxKeyConfig(
        @Meaning("which logical processor configures the key") int lp,
        @Meaning("what is done about TDX_SYS_BUSY") BringUpChoices.Retry busy) implements Routine<Done> {

    /** On processor 1, as Linux would. */
    public static TdxKeyConfig standard() {
        return new TdxKeyConfig(1, BringUpChoices.Retry.FAIL);
    }

    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new AwaitState(SystemState.SYSCONFIG_DONE));
        return cpu.become(new Configure(lp, busy));
    }

    /** The call itself, and again. */
    record Configure(int lp, BringUpChoices.Retry busy) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            Seamcall.Returned returned = cpu.ask(new Seamcall(lp, Calls.keyConfig()));
            if (returned.isSuccess()) {
                return Done.DONE;
            }
            if (busy == BringUpChoices.Retry.RETRY && returned.rax() == Statuses.SYS_BUSY) {
                return cpu.again(this);
            }
            throw new Panic("the global key is not configured on the package of CPU %d".formatted(lp));
        }
    }
}
