package org.ringfence.platform.pkvm;

import org.ringfence.checker.check.Restraint;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Scrub;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.pkvm.GuestCall;
import org.ringfence.machine.pkvm.Pkvm;
import org.ringfence.machine.pkvm.PkvmPageState;
import org.ringfence.machine.state.State;

/**
 * A guest that shares or relinquishes a page once it has given it up, and shares none that still holds a secret, since
 * sharing is in place; that puts secrets where it shares nothing, and nothing else there; that reads no page that it
 * has given up and scrubs none in which it has something.
 */
public record CarefulGuest() implements Restraint {
    private static final Condition NEVER = state -> false;

    @Override
    public Condition on(Machine machine, Actor actor, Operation<?> operation) {
        if (actor.principal() != Principal.GUEST) {
            return ALWAYS;
        }
        Pkvm pkvm = machine.part(Pkvm.class);
        Ledger ledger = machine.part(Ledger.class);
        return switch (operation) {
            case GuestCall(GuestCall.Call call, long ipa) when pkvm.geometry().page(ipa) >= 0 -> {
                int page = pkvm.geometry().page(ipa);
                yield call == GuestCall.Call.MEM_UNSHARE
                        ? ALWAYS
                        : state -> ledger.put().get(state, page) == 0
                                && (call == GuestCall.Call.MEM_RELINQUISH || !holdsSecret(pkvm, state, page));
            }
            case Load(long gpa, Mapping mapping) when mapping == Mapping.PRIVATE -> {
                int page = pkvm.geometry().page(gpa);
                yield state -> ledger.put().get(state, page) != 0;
            }
            case Store(long gpa, Mapping mapping, Value value) -> {
                int page = pkvm.geometry().page(gpa);
                yield mapping == Mapping.PRIVATE
                        ? state -> !shares(pkvm, state, page)
                        : value == Value.HOST ? state -> shares(pkvm, state, page) : NEVER;
            }
            case Scrub(long gpa) -> {
                int page = pkvm.geometry().page(gpa);
                yield state -> !ledger.live().get(state, page) && !shares(pkvm, state, page);
            }
            default -> ALWAYS;
        };
    }

    private static boolean shares(Pkvm pkvm, State state, int page) {
        return pkvm.page().is(state, page, PkvmPageState.SHARED_OWNED);
    }

    private static boolean holdsSecret(Pkvm pkvm, State state, int page) {
        int frame = pkvm.frame().get(state, page);
        return frame >= 0 && pkvm.memory().value().get(state, frame).isSecretFrom(Principal.HOST);
    }
}
