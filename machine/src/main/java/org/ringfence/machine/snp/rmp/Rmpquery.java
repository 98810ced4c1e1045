package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.snp.Snp;

/**
 * RMPQUERY: the guest reads what a VMPL may do with a page. May exit with a nested page fault. {@link #ask} decodes its
 * result. What it tells of a VMPL above the caller's is a secret of that one's.
 *
 * @param gpa RAX, as the guest physical address that it is mapped to, in bytes
 * @param targetVmpl RDX bits 7:0
 */
public record Rmpquery(long gpa, int targetVmpl) implements Operation<Long> {

    /** Performs it on {@code cpu}. */
    public RmpqueryResult ask(Cpu cpu) {
        return RmpqueryResult.unpack(cpu.ask(this).longValue());
    }

    @Override
    public Results<Long> results() {
        return new Results.Value();
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Snp snp = machine.part(Snp.class);
        int vmpl = Snp.vmpl(actor.principal());
        int page = GuestPages.page(snp.geometry(), gpa);
        int index = actor.index();
        return state -> {
            long answer = snp.leaveOnFault(state, index, page, snp.rmpquery(state, vmpl, page, targetVmpl));
            if (answer >= 0 && answer != RmpqueryResult.REFUSED) {
                state.observe(targetVmpl < vmpl ? Property.CONFIDENTIALITY.broken() : 0);
            }
            return answer;
        };
    }

    @Override
    public String mnemonic() {
        return "RMPQUERY";
    }

    @Override
    public String toString() {
        return "RMPQUERY GPA 0x%X, VMPL%d".formatted(gpa, targetVmpl);
    }
}
