package org.ringfence.machine.pkvm;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/**
 * A hypercall of the protected guest's, about one page. Where there is no page it leaves for the host, which may donate
 * one. Source: Linux, Documentation/virt/kvm/arm/hypercalls.rst; mem_protect.c of the Android kernel.
 */
public record GuestCall(Call call, long ipa) implements Operation<GuestStatus> {

    /** Which. */
    public enum Call {
        /** MEM_SHARE, 0xC6000003: the host reaches the page too, as it is. */
        MEM_SHARE,
        /** MEM_UNSHARE, 0xC6000004: it does no more. */
        MEM_UNSHARE,
        /** MEM_RELINQUISH, 0xC6000009: the page is the host's, and zero. */
        MEM_RELINQUISH
    }

    @Override
    public Results<GuestStatus> results() {
        return new Results.Closed<>(GuestStatus.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Pkvm pkvm = machine.part(Pkvm.class);
        int page = pkvm.geometry().page(ipa);
        if (page < 0) {
            return state -> GuestStatus.INVALID_PARAMETER.ordinal();
        }
        int vcpu = actor.index();
        return state -> {
            boolean absent = pkvm.frame().get(state, page) < 0 || pkvm.dying().get(state);
            if (absent && call != Call.MEM_RELINQUISH || pkvm.dying().get(state)) {
                pkvm.cpus().status().set(state, vcpu, Status.EXITED);
                return Outcome.EXITS;
            }
            return absent ? GuestStatus.SUCCESS.ordinal() : perform(state, pkvm, page).ordinal();
        };
    }

    private GuestStatus perform(State state, Pkvm pkvm, int page) {
        int frame = pkvm.frame().get(state, page);
        PkvmPageState found = pkvm.page().get(state, page);
        switch (call) {
            case MEM_SHARE -> {
                if (found != PkvmPageState.OWNED && pkvm.checks(PkvmGuard.MEM_SHARE_GUEST_OWNS)) {
                    return GuestStatus.INVALID_PARAMETER;
                }
                pkvm.page().set(state, page, PkvmPageState.SHARED_OWNED);
                pkvm.host().set(state, frame, PkvmPageState.SHARED_BORROWED);
            }
            case MEM_UNSHARE -> {
                if (found != PkvmPageState.SHARED_OWNED && pkvm.checks(PkvmGuard.MEM_UNSHARE_GUEST_SHARES)) {
                    return GuestStatus.INVALID_PARAMETER;
                }
                pkvm.page().set(state, page, PkvmPageState.OWNED);
                pkvm.host().set(state, frame, PkvmPageState.NOPAGE);
            }
            case MEM_RELINQUISH -> {
                if (found != PkvmPageState.OWNED && pkvm.checks(PkvmGuard.RELINQUISH_GUEST_OWNS)) {
                    return GuestStatus.INVALID_PARAMETER;
                }
                pkvm.clear(state, frame, PkvmGuard.RELINQUISH_CLEARS);
                pkvm.take(state, page, PkvmPageState.NOPAGE);
                pkvm.host().set(state, frame, PkvmPageState.OWNED);
            }
        }
        return GuestStatus.SUCCESS;
    }

    @Override
    public String mnemonic() {
        return call.toString();
    }
}
