package org.ringfence.machine.s390;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.FrameRef;

/**
 * SET_SHARED_ACCESS (0x1000) and REMOVE_SHARED_ACCESS (0x1001): the guest shares a secure page in place, or no more. Of
 * a page that the host has pinned the latter leaves for the host.
 */
public record SharedAccess(Call call, long gaddr) implements Operation<UvStatus> {

    /** Which. */
    public enum Call {
        SET_SHARED_ACCESS,
        REMOVE_SHARED_ACCESS
    }

    @Override
    public Results<UvStatus> results() {
        return new Results.Closed<>(UvStatus.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Ultravisor uv = machine.part(Ultravisor.class);
        int page = GuestPages.page(uv.geometry(), gaddr);
        int vcpu = actor.index();
        return state -> {
            int at = uv.frame().get(state, page);
            boolean absent = at == FrameRef.NONE || uv.state().is(state, at, SecureState.NON_SECURE);
            boolean pinned = !absent && uv.state().is(state, at, SecureState.PINNED_SHARED);
            boolean waits = pinned
                    && call == Call.REMOVE_SHARED_ACCESS
                    && uv.checks(UvGuard.UNSHARE_IS_NOT_PINNED);
            if (absent || waits) {
                uv.cpus().status().set(state, vcpu, Status.EXITED);
                return Outcome.EXITS;
            }
            if (call == Call.REMOVE_SHARED_ACCESS) {
                uv.state().set(state, at, SecureState.SECURE);
            } else if (!pinned) {
                uv.state().set(state, at, SecureState.SHARED);
            }
            return UvStatus.SUCCESS.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return call.toString();
    }
}
