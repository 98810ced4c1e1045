package org.ringfence.machine.cca.law;

import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.realm.RealmState;
import org.ringfence.machine.cca.rmi.DataCommand;
import org.ringfence.machine.cca.rmi.RecCommand;
import org.ringfence.machine.cca.rmi.RipasCommand;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Law;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;

/**
 * What goes into a realm's measurement comes before it is active; it runs while it is; and it is made active once. Its
 * RECs are made in the order of their numbers.
 */
public record LaunchIsMeasured(Cca cca) implements Law {
    @Override
    public Property property() {
        return Property.INTEGRITY;
    }

    @Override
    public long judge(State before, Actor actor, Operation<?> operation, State after) {
        boolean right = switch (operation) {
            case DataCommand.Create create -> isNew(before, create.rd(), after);
            case RipasCommand.InitRipas init -> isNew(before, init.rd(), after);
            case RecCommand.Create create -> isNew(before, create.rd(), after) && isNext(before, create, after);
            case RecCommand.Enter enter -> before.sameWords(after) || runs(before, enter.rec());
            default -> isInOrder(before, after);
        };
        return right ? Property.INTEGRITY.exercised() : Property.INTEGRITY.broken();
    }

    private boolean isNew(State before, Frame rd, State after) {
        int realm = cca.realms().at(before, rd.index());
        return before.sameWords(after) || cca.realms().state().is(before, realm, RealmState.NEW);
    }

    private boolean isNext(State before, RecCommand.Create create, State after) {
        int realm = cca.realms().at(before, create.rd().index());
        return before.sameWords(after) || create.mpidr() == cca.realms().recCount().get(before, realm);
    }

    private boolean runs(State before, Frame rec) {
        int realm = cca.recs().at(before, rec.index()) / cca.recs().recs();
        return cca.realms().state().is(before, realm, RealmState.ACTIVE);
    }

    private boolean isInOrder(State before, State after) {
        for (int realm = 0; realm < cca.realms().count(); realm++) {
            RealmState was = cca.realms().state().get(before, realm);
            RealmState is = cca.realms().state().get(after, realm);
            boolean right = switch (is) {
                case NONE -> true;
                case NEW -> was == RealmState.NONE || was == RealmState.NEW;
                case ACTIVE -> was == RealmState.NEW || was == RealmState.ACTIVE;
                case SYSTEM_OFF -> was == RealmState.ACTIVE || was == RealmState.SYSTEM_OFF;
            };
            if (!right) {
                return false;
            }
        }
        return true;
    }
}
