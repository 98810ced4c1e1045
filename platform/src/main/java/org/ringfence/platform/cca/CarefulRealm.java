package org.ringfence.platform.cca;

import org.ringfence.checker.check.Restraint;
import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.rsi.IpaStateSet;
import org.ringfence.machine.cca.rtt.Ripas;
import org.ringfence.machine.memory.Geometry;
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
import org.ringfence.machine.state.State;

/**
 * A realm that gives up what it has in a page before it makes the page EMPTY, or says that it may have been destroyed;
 * puts nothing where one of its vCPUs waits for such a change; reads no page that it has given up and scrubs none in
 * which it has something; and keeps its secrets out of unprotected memory.
 */
public record CarefulRealm() implements Restraint {
    private static final Condition NEVER = state -> false;

    @Override
    public Condition on(Machine machine, Actor actor, Operation<?> operation) {
        if (actor.principal() != Principal.GUEST) {
            return ALWAYS;
        }
        Cca cca = machine.part(Cca.class);
        Ledger ledger = machine.part(Ledger.class);
        Geometry geometry = cca.geometry();
        return switch (operation) {
            case IpaStateSet set when set.ripas() != Ripas.RAM.number() || set.changeDestroyed() -> {
                int first = geometry.page(set.base());
                int last = geometry.page(set.top() - Geometry.SMALL);
                yield first < 0 ? ALWAYS : state -> hasNothing(ledger, state, first, last);
            }
            case Load(long gpa, Mapping mapping) when mapping == Mapping.PRIVATE -> {
                int page = geometry.page(gpa);
                yield state -> ledger.put().get(state, page) != 0;
            }
            case Store(long gpa, Mapping mapping, Value value) -> {
                int page = geometry.page(gpa);
                boolean secret = value != Value.HOST;
                boolean fits = secret == (mapping == Mapping.PRIVATE);
                yield !fits ? NEVER : secret ? state -> !isChanging(cca, state, page) : ALWAYS;
            }
            case Scrub(long gpa) -> {
                int page = geometry.page(gpa);
                yield state -> !ledger.live().get(state, page) && !isChanging(cca, state, page);
            }
            default -> ALWAYS;
        };
    }

    private static boolean hasNothing(Ledger ledger, State state, int first, int last) {
        for (int page = first; page <= last; page++) {
            if (ledger.put().get(state, page) != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isChanging(Cca cca, State state, int page) {
        for (int vcpu = 0; vcpu < cca.recs().recs(); vcpu++) {
            if (page >= cca.recs().base().get(state, vcpu) && page < cca.recs().top().get(state, vcpu)) {
                return true;
            }
        }
        return false;
    }
}
