package org.ringfence.machine.cca.law;

import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.realm.RealmState;
import org.ringfence.machine.cca.rmi.RipasCommand;
import org.ringfence.machine.cca.rtt.Ripas;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Law;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;

/**
 * Once a realm is active its RIPAS changes as it has asked for, within the range that it named and in order, and
 * otherwise to DESTROYED only. DESTROYED it stays unless the realm said that it may not.
 */
public record RipasIsTheRealms(Cca cca) implements Law {
    @Override
    public Property property() {
        return Property.INTEGRITY;
    }

    @Override
    public long judge(State before, Actor actor, Operation<?> operation, State after) {
        for (int realm = 0; realm < cca.realms().count(); realm++) {
            boolean stays = cca.realms().state().ordinal(before, realm) >= RealmState.ACTIVE.ordinal()
                    && !cca.realms().state().is(after, realm, RealmState.NONE);
            for (int page = 0; stays && page < cca.geometry().pages(); page++) {
                if (!isRight(before, operation, after, realm, page)) {
                    return Property.INTEGRITY.broken();
                }
            }
        }
        return operation instanceof RipasCommand ? Property.INTEGRITY.exercised() : 0;
    }

    private boolean isRight(State before, Operation<?> operation, State after, int realm, int page) {
        Ripas was = ripas(before, realm, page);
        Ripas is = ripas(after, realm, page);
        boolean asked = operation instanceof RipasCommand.SetRipas set
                && realm == Cca.GUEST
                && isNext(before, after, cca.recs().at(before, set.rec().index()), page);
        if (asked) {
            int vcpu = cca.recs().at(before, ((RipasCommand.SetRipas) operation).rec().index());
            return is == cca.recs().wanted(before, vcpu)
                    && (was != Ripas.DESTROYED || cca.recs().changeDestroyed().get(before, vcpu));
        }
        return was == is || is == Ripas.DESTROYED;
    }

    /** Whether the change has now come to {@code page}. */
    private boolean isNext(State before, State after, int vcpu, int page) {
        return vcpu >= 0
                && vcpu < cca.recs().recs()
                && page >= cca.recs().address().get(before, vcpu)
                && page < cca.recs().address().get(after, vcpu);
    }

    private Ripas ripas(State state, int realm, int page) {
        return cca.rtt().entry().get(state, cca.rtt().walk(state, realm, page)).ripas();
    }
}
