package org.ringfence.stack.guest.uefi.event;

import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.stack.guest.uefi.EfiStatus;

/**
 * The events of a DXE core.
 *
 * <p>What edk2 guarantees: an event whose type asks for it has a notification function and a level. Signalling a member
 * of a group queues the functions of all its members <em>before</em> the first of them runs, because the queue's lock
 * is at the highest level and nothing is dispatched until it is released. Each level has a queue that is first in,
 * first out; an event that is queued already moves to its tail. When the level falls, what is queued above the new
 * level runs, the highest level first, until nothing is left, and that includes what the functions themselves signal.
 * So a function that signals an event of its own level during a group's notification is sure that this event's function
 * runs after every member's of that level and of those above. {@link Order} says what of this is edk2's habit and what
 * the specification's promise.
 *
 * <p>New members enter the list of all events that can be signalled at its head, so that a group is notified in reverse
 * order of creation. Source: edk2, MdeModulePkg/Core/Dxe/Event/{Event.c,Tpl.c,Timer.c}.
 *
 * @param count how many events there can be
 * @param tpl the current level, less {@link Tpl#APPLICATION}
 * @param type of each event; {@link EventType#NONE} for a free entry
 * @param notifyTpl the level of its function
 * @param group its group
 * @param function the number of its notification function, from 1
 * @param signalled SignalCount
 * @param age its place in the order of creation among those that can be signalled, from 1
 * @param place its place among those that are queued, of all levels, from 1; 0 when it is not queued
 * @param trigger one more than the time when its timer expires, in units of 100 ns; 0 when it is not set
 * @param period of its timer
 * @param now the system time
 */
public record Events(
        int count,
        Bounded tpl,
        Enumerated<EventType> type,
        Bounded notifyTpl,
        Enumerated<EventGroup> group,
        Bounded function,
        Flag signalled,
        Bounded age,
        Bounded place,
        Bounded trigger,
        Bounded period,
        Bounded now) {

    /** Functions that firmware can have. */
    public static final int FUNCTIONS = 63;

    /** No event. */
    public static final int NULL = 0;

    /** What a periodic timer gets that asks for the timer's own period: 10 ms in units of 100 ns. */
    static final int TIMER_PERIOD = 100_000;

    private static final int LATEST = Integer.MAX_VALUE;

    /**
     * Brings events.
     *
     * @param count how many at most
     * @param timers whether timers can be set
     */
    public record Sized(int count, boolean timers) implements Part {
        public Sized {
            if (count < 1 || count > 64) {
                throw new IllegalArgumentException("there are 1 to 64 events, not " + count);
            }
        }

        @Override
        public Class<Events> type() {
            return Events.class;
        }

        @Override
        public Events declare(Declaration declaration, Machine machine, Cast cast) {
            return Events.declare(declaration, count, timers);
        }

        @Override
        public Part and(Part other) {
            return other instanceof Sized(int others, boolean othersTimers)
                    ? new Sized(Math.max(count, others), timers || othersTimers)
                    : Part.super.and(other);
        }
    }

    /** Declares so many events. */
    public static Events declare(Declaration declaration, int count, boolean timers) {
        Bounded tpl = declaration.single("firmware").bounded("level above APPLICATION", Tpl.HIGH_LEVEL);
        Table table = declaration.table("event", "", count);
        int latest = timers ? LATEST : 0;
        return new Events(
                count,
                tpl,
                table.enumerated("type", EventType.class),
                table.bounded("level", Tpl.HIGH_LEVEL),
                table.enumerated("group", EventGroup.class),
                table.bounded("function", FUNCTIONS),
                table.flag("signalled"),
                table.bounded("age", count),
                table.bounded("place in queue", count),
                table.bounded("trigger", latest),
                table.bounded("period", latest),
                declaration.single("system time").bounded("100 ns", latest));
    }

    // ---- the level

    int level(State state) {
        return Tpl.APPLICATION + tpl.get(state);
    }

    void setLevel(State state, int level) {
        tpl.set(state, level - Tpl.APPLICATION);
    }

    // ---- events; a handle is the number of an entry, from 1

    boolean exists(State state, int event) {
        return event > NULL && event <= count && !type.is(state, event - 1, EventType.NONE);
    }

    /** CoreCreateEventInternal, past its checks of the parameters; {@link #NULL} when there is no room. */
    int create(State state, EventType of, int level, int notify, EventGroup member) {
        for (int i = 0; i < count; i++) {
            if (type.is(state, i, EventType.NONE)) {
                type.set(state, i, of);
                group.set(state, i, member);
                if (of.isNotified()) {
                    notifyTpl.set(state, i, level);
                    function.set(state, i, notify);
                }
                if (of.isNotifySignal()) {
                    age.set(state, i, 1 + highest(state, age));
                }
                return i + 1;
            }
        }
        return NULL;
    }

    /** CoreCloseEvent: the event leaves every queue. */
    EfiStatus close(State state, int event) {
        if (!exists(state, event)) {
            return EfiStatus.EFI_INVALID_PARAMETER;
        }
        int i = event - 1;
        leave(state, place, i);
        leave(state, age, i);
        type.set(state, i, EventType.NONE);
        group.set(state, i, EventGroup.NONE);
        notifyTpl.set(state, i, 0);
        function.set(state, i, 0);
        signalled.set(state, i, false);
        trigger.set(state, i, 0);
        period.set(state, i, 0);
        return EfiStatus.EFI_SUCCESS;
    }

    private int highest(State state, Bounded rank) {
        int highest = 0;
        for (int i = 0; i < count; i++) {
            highest = Math.max(highest, rank.get(state, i));
        }
        return highest;
    }

    private void leave(State state, Bounded rank, int event) {
        int left = rank.get(state, event);
        if (left != 0) {
            rank.set(state, event, 0);
            for (int i = 0; i < count; i++) {
                int other = rank.get(state, i);
                if (other > left) {
                    rank.set(state, i, other - 1);
                }
            }
        }
    }

    // ---- queues

    /** CoreNotifyEvent: at the tail, whether it was queued before or not. */
    void enqueue(State state, int event) {
        leave(state, place, event - 1);
        place.set(state, event - 1, 1 + highest(state, place));
    }

    /** How many members a group has. */
    int members(State state, EventGroup of) {
        int members = 0;
        for (int i = 0; i < count; i++) {
            members += isMember(state, i, of) ? 1 : 0;
        }
        return members;
    }

    private boolean isMember(State state, int i, EventGroup of) {
        return of != EventGroup.NONE && age.get(state, i) != 0 && group.is(state, i, of);
    }

    /**
     * CoreNotifySignalList: queues every member.
     *
     * @param permutation in which order, as a number below the factorial of their count; 0 is edk2's
     */
    void enqueueGroup(State state, EventGroup of, int permutation) {
        int rest = permutation;
        long taken = 0;
        for (int left = members(state, of); left > 0; left--) {
            int member = memberFromYoungest(state, of, taken, rest % left);
            rest /= left;
            taken |= 1L << member;
            enqueue(state, member + 1);
        }
    }

    /** The {@code index}th member, counted from the one created last, of those not in {@code taken}. */
    private int memberFromYoungest(State state, EventGroup of, long taken, int index) {
        int older = LATEST;
        int found = -1;
        for (int left = index; left >= 0;) {
            found = -1;
            for (int i = 0; i < count; i++) {
                int candidate = age.get(state, i);
                if (isMember(state, i, of) && candidate < older
                        && (found < 0 || candidate > age.get(state, found))) {
                    found = i;
                }
            }
            older = age.get(state, found);
            left -= (taken >>> found & 1) == 0 ? 1 : 0;
        }
        return found;
    }

    /** The highest level above {@code level} at which something is queued; 0 for none. */
    int pendingLevel(State state, int level) {
        int pending = 0;
        for (int i = 0; i < count; i++) {
            if (place.get(state, i) != 0 && notifyTpl.get(state, i) > level) {
                pending = Math.max(pending, notifyTpl.get(state, i));
            }
        }
        return pending;
    }

    /** How many are queued at {@code level}. */
    int queuedAt(State state, int level) {
        int queued = 0;
        for (int i = 0; i < count; i++) {
            queued += place.get(state, i) != 0 && notifyTpl.get(state, i) == level ? 1 : 0;
        }
        return queued;
    }

    /** The {@code index}th in the queue of {@code level}. */
    int queued(State state, int level, int index) {
        int before = index;
        for (int wanted = 1; wanted <= count; wanted++) {
            for (int i = 0; i < count; i++) {
                if (place.get(state, i) == wanted && notifyTpl.get(state, i) == level && before-- == 0) {
                    return i + 1;
                }
            }
        }
        return NULL;
    }

    /**
     * Takes an event off its queue to run its function: what CoreDispatchEventNotifies does before each. An event that
     * is notified when signalled can be signalled again from now on.
     */
    void dequeue(State state, int event) {
        leave(state, place, event - 1);
        if (type.get(state, event - 1).isNotifySignal()) {
            signalled.set(state, event - 1, false);
        }
    }
}
