package org.ringfence.machine.sev.law;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Law;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.sev.firmware.SevFirmware;
import org.ringfence.machine.sev.firmware.SevGuests;
import org.ringfence.machine.sev.firmware.SevGuests.Life;
import org.ringfence.machine.state.State;

/**
 * A guest's life goes on by one stage at a time: it runs once it has been measured, whose owner may have given it
 * secrets by then, and from then on it is measured and launched no more, but ends.
 */
public record LaunchInOrder(SevFirmware firmware) implements Law {
    @Override
    public Property property() {
        return Property.INTEGRITY;
    }

    @Override
    public long judge(State before, Actor actor, Operation<?> operation, State after) {
        SevGuests guests = firmware.guests();
        long marks = 0;
        for (int guest = 0; guest < guests.count(); guest++) {
            Life was = guests.life().get(before, guest);
            Life is = guests.life().get(after, guest);
            if (was != is) {
                marks |= isInOrder(was, is) ? Property.INTEGRITY.exercised() : Property.INTEGRITY.broken();
            }
        }
        return marks;
    }

    private static boolean isInOrder(Life was, Life is) {
        return switch (is) {
            case NONE -> true;
            case INIT -> false;
            case LAUNCH -> was == Life.NONE;
            case SECRET -> was == Life.LAUNCH;
            case RUNNING -> was == Life.SECRET;
        };
    }
}
