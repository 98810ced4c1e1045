package org.ringfence.machine.sev;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * Why and where each vCPU has left for the host: what the VMCB tells. A machine whose host never looks, because every
 * answer it could give is tried anyway, keeps none of it.
 *
 * @param vcpus actors 0 to {@code vcpus - 1} have their exits kept; 0 for none
 * @param reason why
 * @param page the number of the faulting page or of the page a request names
 */
public record Exits(Cpus cpus, int vcpus, Enumerated<ExitReason> reason, Bounded page) {

    /** Declares the table for actors 0 to {@code vcpus - 1}. */
    public static Exits declare(Declaration declaration, Geometry geometry, Cpus cpus, int vcpus) {
        Table table = declaration.table("VMCB", "vCPU", vcpus);
        return new Exits(
                cpus, vcpus, table.enumerated("exit", ExitReason.class), table.page("page", geometry.pages() - 1));
    }

    /** {@code actor} leaves for the host. */
    public void leave(State state, int actor, Status status, ExitReason why, int where) {
        cpus.status().set(state, actor, status);
        if (actor < vcpus) {
            reason.set(state, actor, why);
            page.set(state, actor, where);
        }
    }

    /** The host runs {@code vcpu}, which had exited; whether it had. */
    public boolean resume(State state, int vcpu) {
        if (!cpus.status().is(state, vcpu, Status.EXITED)) {
            return false;
        }
        cpus.resume(state, vcpu);
        clear(state, vcpu);
        return true;
    }

    /** The host runs {@code vcpu}, which had called, with an answer; whether it had. */
    public boolean answer(State state, int vcpu, int code) {
        if (!cpus.status().is(state, vcpu, Status.CALLING)) {
            return false;
        }
        cpus.answer(state, vcpu, code);
        clear(state, vcpu);
        return true;
    }

    private void clear(State state, int vcpu) {
        if (vcpu < vcpus) {
            reason.set(state, vcpu, ExitReason.NONE);
            page.set(state, vcpu, 0);
        }
    }
}
