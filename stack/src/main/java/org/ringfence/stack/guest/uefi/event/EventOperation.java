package org.ringfence.stack.guest.uefi.event;

import java.util.List;
import java.util.Optional;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.stack.guest.uefi.EfiStatus;

/**
 * What the DXE core does to its {@link Events} under the lock of the event queue: each is one step. That the lock is
 * released, and what then runs, is {@link RestoreTpl}'s.
 */
public sealed interface EventOperation<R> extends Operation<R> {

    /** For scripts, which bring what their operations work on. */
    @Override
    default List<Part> needs() {
        return List.of(new Events.Sized(8, false));
    }

    /** Takes the step. */
    long take(Events events, State state);

    @Override
    default Step on(Machine machine, Actor actor) {
        Events events = machine.part(Events.class);
        return state -> take(events, state);
    }

    /**
     * RaiseTPL. edk2 asserts that the level does not fall.
     *
     * @param level 4, 8, 16 or 31
     */
    record RaiseTpl(int level) implements EventOperation<Integer> {
        @Override
        public Results<Integer> results() {
            return new Results.Number(Tpl.HIGH_LEVEL + 1);
        }

        @Override
        public long take(Events events, State state) {
            int old = events.level(state);
            events.setLevel(state, Math.max(level, old));
            return old;
        }

        @Override
        public String mnemonic() {
            return "RaiseTPL";
        }
    }

    /** Reads gEfiCurrentTpl. */
    record CurrentTpl() implements EventOperation<Integer> {
        @Override
        public Results<Integer> results() {
            return new Results.Number(Tpl.HIGH_LEVEL + 1);
        }

        @Override
        public long take(Events events, State state) {
            return events.level(state);
        }

        @Override
        public String mnemonic() {
            return "current TPL";
        }
    }

    /**
     * What CreateEvent answers.
     *
     * @param event its handle; {@link Events#NULL} after an error
     */
    record Created(EfiStatus status, int event) {
        private static final int EVENTS = 65;

        enum Coding implements Results.Coding<Created> {
            CREATED;

            @Override
            public Created decode(long code) {
                return new Created(EfiStatus.of((int) code / EVENTS), (int) code % EVENTS);
            }

            @Override
            public String print(long code) {
                Created created = decode(code);
                return created.status.isError() ? created.status.worded() : "event %d".formatted(created.event);
            }
        }

        private static long code(EfiStatus status, int event) {
            return (long) status.ordinal() * EVENTS + event;
        }
    }

    /**
     * CreateEventEx.
     *
     * @param type the number of a type
     * @param level the level of its notification function
     * @param function the number of that function, from 1; 0 for none
     * @param group its group; {@link EventGroup#NONE} for CreateEvent
     */
    record CreateEvent(long type, int level, int function, EventGroup group) implements EventOperation<Created> {
        @Override
        public Results<Created> results() {
            return new Results.Coded<>(Created.Coding.CREATED);
        }

        @Override
        public long take(Events events, State state) {
            Optional<EventType> known = EventType.of(type);
            if (known.isEmpty()) {
                return Created.code(EfiStatus.EFI_INVALID_PARAMETER, Events.NULL);
            }
            EventType kind = known.get();
            EventGroup member = group;
            if (group != EventGroup.NONE) {
                if (kind == EventType.EXIT_BOOT_SERVICES || kind == EventType.VIRTUAL_ADDRESS_CHANGE) {
                    return Created.code(EfiStatus.EFI_INVALID_PARAMETER, Events.NULL);
                }
                if (group == EventGroup.EXIT_BOOT_SERVICES) {
                    kind = EventType.EXIT_BOOT_SERVICES;
                } else if (group == EventGroup.VIRTUAL_ADDRESS_CHANGE) {
                    kind = EventType.VIRTUAL_ADDRESS_CHANGE;
                }
            } else if (kind == EventType.EXIT_BOOT_SERVICES) {
                member = EventGroup.EXIT_BOOT_SERVICES;
            } else if (kind == EventType.VIRTUAL_ADDRESS_CHANGE) {
                member = EventGroup.VIRTUAL_ADDRESS_CHANGE;
            }
            boolean levelFits = level == Tpl.CALLBACK || level == Tpl.NOTIFY;
            if (kind.isNotified() && (function == 0 || !levelFits)) {
                return Created.code(EfiStatus.EFI_INVALID_PARAMETER, Events.NULL);
            }
            int event = events.create(state, kind, level, function, member);
            return Created.code(
                    event == Events.NULL ? EfiStatus.EFI_OUT_OF_RESOURCES : EfiStatus.EFI_SUCCESS, event);
        }

        @Override
        public String mnemonic() {
            return "CreateEvent";
        }
    }

    /** CloseEvent. */
    record CloseEvent(int event) implements EventOperation<EfiStatus> {
        @Override
        public Results<EfiStatus> results() {
            return new Results.Closed<>(EfiStatus.class);
        }

        @Override
        public long take(Events events, State state) {
            return events.close(state, event).ordinal();
        }

        @Override
        public String mnemonic() {
            return "CloseEvent";
        }
    }

    /**
     * What comes of signalling one event.
     *
     * @param group the group to be notified as a whole; {@link EventGroup#NONE} where it is this event's matter alone
     * @param level the level of whoever signals, to which the release of the lock restores
     */
    record Signalled(EfiStatus status, EventGroup group, int level) {
        private static final int LEVELS = Tpl.HIGH_LEVEL + 1;
        private static final EventGroup[] GROUPS = EventGroup.values();

        enum Coding implements Results.Coding<Signalled> {
            SIGNALLED;

            @Override
            public Signalled decode(long code) {
                int rest = (int) code / LEVELS;
                return new Signalled(
                        EfiStatus.of(rest / GROUPS.length), GROUPS[rest % GROUPS.length], (int) code % LEVELS);
            }

            @Override
            public String print(long code) {
                Signalled signalled = decode(code);
                return signalled.group == EventGroup.NONE
                        ? signalled.status.worded()
                        : "the whole of group %s".formatted(signalled.group);
            }
        }

        private static long code(EfiStatus status, EventGroup group, int level) {
            return ((long) status.ordinal() * GROUPS.length + group.ordinal()) * LEVELS + level;
        }
    }

    /** SignalEvent, up to the release of the lock. */
    record Signal(int event) implements EventOperation<Signalled> {
        @Override
        public Results<Signalled> results() {
            return new Results.Coded<>(Signalled.Coding.SIGNALLED);
        }

        @Override
        public long take(Events events, State state) {
            int level = events.level(state);
            if (!events.exists(state, event)) {
                return Signalled.code(EfiStatus.EFI_INVALID_PARAMETER, EventGroup.NONE, level);
            }
            int i = event - 1;
            EventGroup whole = EventGroup.NONE;
            if (!events.signalled().get(state, i)) {
                events.signalled().set(state, i, true);
                if (events.type().get(state, i).isNotifySignal()) {
                    whole = events.group().get(state, i);
                    if (whole == EventGroup.NONE) {
                        events.enqueue(state, event);
                    }
                }
            }
            return Signalled.code(EfiStatus.EFI_SUCCESS, whole, level);
        }

        @Override
        public String mnemonic() {
            return "SignalEvent";
        }
    }

    /** How many members a group has. */
    record CountMembers(EventGroup group) implements EventOperation<Integer> {
        @Override
        public Results<Integer> results() {
            return new Results.Coded<>(Count.COUNT);
        }

        @Override
        public long take(Events events, State state) {
            return events.members(state, group);
        }

        @Override
        public String mnemonic() {
            return "count members";
        }
    }

    /** Small numbers, learned as they occur. */
    enum Count implements Results.Coding<Integer> {
        COUNT;

        @Override
        public Integer decode(long code) {
            return (int) code;
        }

        @Override
        public String print(long code) {
            return Long.toString(code);
        }
    }

    /**
     * CoreNotifySignalList up to the release of the lock: queues every member of a group. Answers the level of whoever
     * signals.
     *
     * @param permutation in which order; 0 is edk2's, the one created last first
     */
    record QueueGroup(EventGroup group, int permutation) implements EventOperation<Integer> {
        @Override
        public Results<Integer> results() {
            return new Results.Coded<>(Count.COUNT);
        }

        @Override
        public long take(Events events, State state) {
            events.enqueueGroup(state, group, permutation);
            return events.level(state);
        }

        @Override
        public String mnemonic() {
            return "queue group";
        }
    }

    /** How many functions wait at the highest level above {@code level} at which any does. */
    record CountQueued(int level) implements EventOperation<Integer> {
        @Override
        public Results<Integer> results() {
            return new Results.Coded<>(Count.COUNT);
        }

        @Override
        public long take(Events events, State state) {
            return events.queuedAt(state, events.pendingLevel(state, level));
        }

        @Override
        public String mnemonic() {
            return "count queued";
        }
    }

    /**
     * Which function is to run.
     *
     * @param event its event; {@link Events#NULL} when none is
     * @param function the function's number, from 1
     */
    record Dispatched(int event, int function) {
        enum Coding implements Results.Coding<Dispatched> {
            DISPATCHED;

            @Override
            public Dispatched decode(long code) {
                return new Dispatched((int) code >>> 6, (int) code & Events.FUNCTIONS);
            }

            @Override
            public String print(long code) {
                Dispatched dispatched = decode(code);
                return dispatched.event == Events.NULL
                        ? "nothing"
                        : "event %d, function %d".formatted(dispatched.event, dispatched.function);
            }
        }
    }

    /**
     * The body of RestoreTPL's loop: takes the next event off the highest queue above {@code level}, and raises the
     * level to that queue's; where nothing is queued there, the level falls to {@code level}.
     *
     * @param index which of that queue; 0 is the first
     */
    record Dispatch(int level, int index) implements EventOperation<Dispatched> {
        @Override
        public Results<Dispatched> results() {
            return new Results.Coded<>(Dispatched.Coding.DISPATCHED);
        }

        @Override
        public long take(Events events, State state) {
            int pending = events.pendingLevel(state, level);
            if (pending == 0) {
                events.setLevel(state, level);
                return Events.NULL;
            }
            events.setLevel(state, pending);
            int event = events.queued(state, pending, index);
            events.dequeue(state, event);
            return (long) event << 6 | events.function().get(state, event - 1);
        }

        @Override
        public String mnemonic() {
            return "dispatch";
        }
    }

    /**
     * CheckEvent, up to the release of the lock after it has queued a function.
     *
     * @param queues whether it does: not when it looks again afterwards
     */
    record Check(int event, boolean queues) implements EventOperation<EfiStatus> {
        @Override
        public Results<EfiStatus> results() {
            return new Results.Closed<>(EfiStatus.class);
        }

        @Override
        public long take(Events events, State state) {
            if (!events.exists(state, event) || events.type().get(state, event - 1).isNotifySignal()) {
                return EfiStatus.EFI_INVALID_PARAMETER.ordinal();
            }
            if (events.signalled().get(state, event - 1)) {
                events.signalled().set(state, event - 1, false);
                return EfiStatus.EFI_SUCCESS.ordinal();
            }
            if (queues && events.type().get(state, event - 1).isNotifyWait()) {
                events.enqueue(state, event);
            }
            return EfiStatus.EFI_NOT_READY.ordinal();
        }

        @Override
        public String mnemonic() {
            return "CheckEvent";
        }
    }

    /** What SetTimer takes for its type. */
    enum Delay {
        /** No more. */
        CANCEL,
        /** Again and again. */
        PERIODIC,
        /** Once. */
        RELATIVE
    }

    /**
     * SetTimer.
     *
     * @param time in units of 100 ns
     */
    record SetTimer(int event, Delay delay, int time) implements EventOperation<EfiStatus> {
        @Override
        public List<Part> needs() {
            return List.of(new Events.Sized(8, true));
        }

        @Override
        public Results<EfiStatus> results() {
            return new Results.Closed<>(EfiStatus.class);
        }

        @Override
        public long take(Events events, State state) {
            if (!events.exists(state, event) || !events.type().get(state, event - 1).isTimer()) {
                return EfiStatus.EFI_INVALID_PARAMETER.ordinal();
            }
            int i = event - 1;
            int wait = delay == Delay.PERIODIC && time == 0 ? Events.TIMER_PERIOD : time;
            events.trigger().set(state, i, delay == Delay.CANCEL ? 0 : 1 + events.now().get(state) + wait);
            events.period().set(state, i, delay == Delay.PERIODIC ? wait : 0);
            return EfiStatus.EFI_SUCCESS.ordinal();
        }

        @Override
        public String mnemonic() {
            return "SetTimer";
        }
    }

    /** CoreTimerTick: time goes on. */
    record Tick(int time) implements EventOperation<Done>, Action {
        @Override
        public List<Part> needs() {
            return List.of(new Events.Sized(8, true));
        }

        @Override
        public long take(Events events, State state) {
            events.now().set(state, events.now().get(state) + time);
            return Done.DONE.ordinal();
        }

        @Override
        public String mnemonic() {
            return "timer tick";
        }
    }

    /**
     * CoreCheckTimers: finds the timer that expires first, of those that have by now, and takes it off the list or sets
     * it anew. Answers its event; 0 when none has expired.
     */
    record TakeExpired() implements EventOperation<Integer> {
        @Override
        public List<Part> needs() {
            return List.of(new Events.Sized(8, true));
        }

        @Override
        public Results<Integer> results() {
            return new Results.Coded<>(Count.COUNT);
        }

        @Override
        public long take(Events events, State state) {
            int now = 1 + events.now().get(state);
            int first = -1;
            for (int i = 0; i < events.count(); i++) {
                int trigger = events.trigger().get(state, i);
                if (trigger != 0 && trigger <= now && (first < 0 || trigger < events.trigger().get(state, first))) {
                    first = i;
                }
            }
            if (first < 0) {
                return Events.NULL;
            }
            int period = events.period().get(state, first);
            int next = events.trigger().get(state, first) + period;
            events.trigger().set(state, first, period == 0 ? 0 : Math.max(next, now));
            return 1L + first;
        }

        @Override
        public String mnemonic() {
            return "take expired timer";
        }
    }
}
