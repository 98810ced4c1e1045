package org.ringfence.stack.guest.uefi.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Machine;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.FirmwareBed;
import org.ringfence.stack.guest.uefi.event.EventOperation.CloseEvent;
import org.ringfence.stack.guest.uefi.event.EventOperation.CurrentTpl;
import org.ringfence.stack.guest.uefi.event.EventOperation.Delay;

/** The vectors X1 to X6, and what edk2's code says beside them. */
class EventVectorsTest {
    private static final EventGroup GROUP = EventGroup.READY_TO_BOOT;

    private final FirmwareBed bed =
            FirmwareBed.of(1, declaration -> Machine.of(Events.declare(declaration, 12, true)));
    private final List<String> ran = new ArrayList<>();

    /** Writes down that it ran, and then signals others. */
    private record Logs(String name, List<String> into, List<Integer> signals) implements Notification {
        @Override
        public void notify(Cpu cpu, EventServices services, int event) {
            into.add(name);
            for (int other : signals) {
                services.signal(cpu, other);
            }
        }
    }

    private Logs logs(String name, Integer... signals) {
        return new Logs(name, ran, List.of(signals));
    }

    private EventServices services(Order order, Notification... functions) {
        return new EventServices(order, List.of(functions));
    }

    private int member(EventServices services, int level, int function) {
        return services.createEvent(bed, EventType.NOTIFY_SIGNAL, level, function, GROUP).event();
    }

    private int alone(EventServices services, int level, int function) {
        return services.createEvent(bed, EventType.NOTIFY_SIGNAL, level, function).event();
    }

    @Test
    void x1HigherLevelsFirstAndReverseOrderOfCreationWithinOne() {
        EventServices services = services(Order.EDK2, logs("A"), logs("B"), logs("C"));
        member(services, Tpl.CALLBACK, 1);
        member(services, Tpl.CALLBACK, 2);
        member(services, Tpl.NOTIFY, 3);
        services.signalGroup(bed, GROUP);
        assertThat(ran).containsExactly("C", "B", "A");
        assertThat(bed.ask(new CurrentTpl())).isEqualTo(Tpl.APPLICATION);
    }

    @Test
    void x2AnEventSignalledByAMemberOfItsLevelRunsAfterAllMembers() {
        for (int signaller : List.of(1, 2)) {
            ran.clear();
            FirmwareBed fresh = FirmwareBed.of(1, d -> Machine.of(Events.declare(d, 12, false)));
            EventServices services = services(
                    Order.EDK2, signaller == 1 ? logs("A", 4) : logs("A"), signaller == 2 ? logs("B", 4) : logs("B"),
                    logs("C"), logs("P"));
            int[] levels = {Tpl.CALLBACK, Tpl.CALLBACK, Tpl.NOTIFY};
            for (int i = 0; i < levels.length; i++) {
                services.createEvent(fresh, EventType.NOTIFY_SIGNAL, levels[i], i + 1, GROUP);
            }
            services.createEvent(fresh, EventType.NOTIFY_SIGNAL, Tpl.CALLBACK, 4);
            services.signalGroup(fresh, GROUP);
            assertThat(ran).as("signalled by %d", signaller).containsExactly("C", "B", "A", "P");
        }
    }

    @Test
    void x3AnEventThatIsQueuedAgainRunsOnceAtTheTail() {
        EventServices services = services(Order.EDK2, logs("D"), logs("E"));
        int d = member(services, Tpl.CALLBACK, 1);
        alone(services, Tpl.CALLBACK, 2);
        int before = services.raise(bed, Tpl.NOTIFY);
        services.signalGroup(bed, GROUP);
        services.signal(bed, 2);
        services.signalGroup(bed, GROUP);
        assertThat(ran).isEmpty();
        services.restore(bed, before);
        assertThat(ran).containsExactly("E", "D");
        assertThat(services.signal(bed, d)).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(ran).containsExactly("E", "D", "D");
    }

    @Test
    void x5NothingRunsBeforeTheLevelFallsBelowIt() {
        EventServices services = services(Order.EDK2, logs("A"), logs("B"));
        member(services, Tpl.CALLBACK, 1);
        member(services, Tpl.CALLBACK, 2);
        int before = services.raise(bed, Tpl.NOTIFY);
        services.signalGroup(bed, GROUP);
        assertThat(ran).isEmpty();
        services.restore(bed, Tpl.CALLBACK);
        assertThat(ran).isEmpty();
        services.restore(bed, before);
        assertThat(ran).containsExactly("B", "A");
    }

    @Test
    void x6WhatCreateEventRefuses() {
        EventServices services = services(Order.EDK2, logs("A"));
        EventType signal = EventType.NOTIFY_SIGNAL;
        assertThat(List.of(
                services.createEvent(bed, signal, Tpl.APPLICATION, 1).status(),
                services.createEvent(bed, signal, Tpl.HIGH_LEVEL, 1).status(),
                services.createEvent(bed, signal, Tpl.CALLBACK, 0).status(),
                services.createEvent(bed, EventType.EXIT_BOOT_SERVICES, Tpl.CALLBACK, 1, GROUP).status(),
                bed.ask(new EventOperation.CreateEvent(0x300, Tpl.CALLBACK, 1, EventGroup.NONE)).status()))
                .containsOnly(EfiStatus.EFI_INVALID_PARAMETER);
        assertThat(services.createEvent(bed, EventType.GENERIC, 0, 0).status()).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(services.signal(bed, Events.NULL)).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        assertThat(services.signal(bed, 9)).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
    }

    @Test
    void createEventInTheExitBootServicesGroupIsOfThatTypeAndTheOtherWayRound() {
        EventServices services = services(Order.EDK2, logs("A"), logs("B"));
        services.createEvent(bed, EventType.NOTIFY_SIGNAL, Tpl.CALLBACK, 1, EventGroup.EXIT_BOOT_SERVICES);
        services.createEvent(bed, EventType.EXIT_BOOT_SERVICES, Tpl.CALLBACK, 2);
        Events events = bed.part(Events.class);
        for (int i : List.of(0, 1)) {
            assertThat(events.type().get(bed.state(), i)).isEqualTo(EventType.EXIT_BOOT_SERVICES);
            assertThat(events.group().get(bed.state(), i)).isEqualTo(EventGroup.EXIT_BOOT_SERVICES);
        }
        services.signal(bed, 1);
        assertThat(ran).containsExactly("B", "A");
    }

    @Test
    void anEventOfAHigherLevelPreemptsTheFunctionThatSignalsIt() {
        EventServices services = services(Order.EDK2, logs("A", 2, 3), logs("high"), logs("low"));
        int a = alone(services, Tpl.CALLBACK, 1);
        alone(services, Tpl.NOTIFY, 2);
        alone(services, Tpl.CALLBACK, 3);
        services.signal(bed, a);
        assertThat(ran).containsExactly("A", "high", "low");
    }

    @Test
    void aFunctionMaySignalItsOwnEventAndRunsAgain() {
        EventServices services = services(Order.EDK2, (cpu, all, event) -> {
            ran.add("again");
            if (ran.size() < 3) {
                all.signal(cpu, event);
            }
        });
        services.signal(bed, alone(services, Tpl.CALLBACK, 1));
        assertThat(ran).hasSize(3);
    }

    @Test
    void theSpecificationAllowsEveryOrderWithinALevelAndNoneAcrossLevels() {
        Set<List<String>> seen = new TreeSet<>((one, other) -> one.toString().compareTo(other.toString()));
        for (int order = 0; order < 24; order++) {
            ran.clear();
            FirmwareBed fresh = FirmwareBed.of(1, d -> Machine.of(Events.declare(d, 12, false)));
            EventServices services =
                    services(Order.ANY_SIGNALLING, logs("A", 5), logs("B"), logs("C"), logs("N"), logs("P"));
            int[] levels = {Tpl.CALLBACK, Tpl.CALLBACK, Tpl.CALLBACK, Tpl.NOTIFY};
            for (int i = 0; i < levels.length; i++) {
                services.createEvent(fresh, EventType.NOTIFY_SIGNAL, levels[i], i + 1, GROUP);
            }
            services.createEvent(fresh, EventType.NOTIFY_SIGNAL, Tpl.CALLBACK, 5);
            fresh.choosing(order);
            services.signalGroup(fresh, GROUP);
            assertThat(ran.getFirst()).isEqualTo("N");
            assertThat(ran.getLast()).isEqualTo("P");
            seen.add(List.copyOf(ran));
        }
        assertThat(seen).hasSize(6);
    }

    @Test
    void withoutTheQueueAnEventSignalledByAMemberMayRunBeforeAnother() {
        EventServices services = services(Order.ANY_DISPATCH, logs("A"), logs("B", 3), logs("P"));
        member(services, Tpl.CALLBACK, 1);
        member(services, Tpl.CALLBACK, 2);
        alone(services, Tpl.CALLBACK, 3);
        services.raise(bed, Tpl.NOTIFY);
        services.signalGroup(bed, GROUP);
        bed.choosing(0);
        assertThat(bed.ask(new EventOperation.Dispatch(Tpl.APPLICATION, 0)).event()).isEqualTo(2);
        services.signal(bed, 3);
        bed.choosing(1);
        services.restore(bed, Tpl.APPLICATION);
        assertThat(ran).containsExactly("P", "A");
    }

    @Test
    void checkEventClearsRunsAWaitFunctionAndRefusesSignalFunctions() {
        EventServices services = services(Order.EDK2, logs("W"), logs("S"), logs("waiting", 4));
        int generic = services.createEvent(bed, EventType.GENERIC, 0, 0).event();
        int signal = alone(services, Tpl.CALLBACK, 2);
        int wait = services.createEvent(bed, EventType.NOTIFY_WAIT, Tpl.CALLBACK, 1).event();
        services.createEvent(bed, EventType.NOTIFY_WAIT, Tpl.CALLBACK, 3);
        assertThat(check(services, generic)).isEqualTo(EfiStatus.EFI_NOT_READY);
        services.signal(bed, generic);
        assertThat(check(services, generic)).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(check(services, generic)).isEqualTo(EfiStatus.EFI_NOT_READY);
        assertThat(check(services, signal)).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        assertThat(check(services, wait)).isEqualTo(EfiStatus.EFI_NOT_READY);
        assertThat(ran).containsExactly("W");
        assertThat(check(services, 4)).isEqualTo(EfiStatus.EFI_SUCCESS);
    }

    private EfiStatus check(EventServices services, int event) {
        return bed.call(new CheckEvent(services, event));
    }

    @Test
    void waitForEventIsForApplicationsOnly() {
        EventServices services = services(Order.EDK2);
        int generic = services.createEvent(bed, EventType.GENERIC, 0, 0).event();
        services.signal(bed, generic);
        services.raise(bed, Tpl.CALLBACK);
        assertThat(bed.call(new WaitForEvent(services, List.of(generic)))).isEqualTo(EfiStatus.EFI_UNSUPPORTED);
        services.restore(bed, Tpl.APPLICATION);
        assertThat(bed.call(new WaitForEvent(services, List.of()))).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        assertThat(bed.call(new WaitForEvent(services, List.of(generic)))).isEqualTo(EfiStatus.EFI_SUCCESS);
    }

    @Test
    void closingTakesAnEventOffEveryQueue() {
        EventServices services = services(Order.EDK2, logs("A"), logs("B"));
        int a = member(services, Tpl.CALLBACK, 1);
        member(services, Tpl.CALLBACK, 2);
        int before = services.raise(bed, Tpl.NOTIFY);
        services.signalGroup(bed, GROUP);
        assertThat(bed.ask(new CloseEvent(a))).isEqualTo(EfiStatus.EFI_SUCCESS);
        assertThat(bed.ask(new CloseEvent(a))).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        services.restore(bed, before);
        assertThat(ran).containsExactly("B");
    }

    @Test
    void timersExpireInTheirOrderOnceOrAgainAndAgain() {
        EventServices services = services(Order.EDK2, logs("once"), logs("periodic"));
        int once = services.createEvent(bed, EventType.TIMER_NOTIFY_SIGNAL, Tpl.CALLBACK, 1).event();
        int periodic = services.createEvent(bed, EventType.TIMER_NOTIFY_SIGNAL, Tpl.CALLBACK, 2).event();
        int plain = alone(services, Tpl.CALLBACK, 1);
        assertThat(set(services, plain, Delay.RELATIVE, 10)).isEqualTo(EfiStatus.EFI_INVALID_PARAMETER);
        set(services, periodic, Delay.PERIODIC, 20);
        set(services, once, Delay.RELATIVE, 30);
        bed.call(new TimerTick(services, 19));
        assertThat(ran).isEmpty();
        bed.call(new TimerTick(services, 1));
        assertThat(ran).containsExactly("periodic");
        bed.call(new TimerTick(services, 20));
        assertThat(ran).containsExactly("periodic", "once", "periodic");
        set(services, periodic, Delay.CANCEL, 0);
        bed.call(new TimerTick(services, 100));
        assertThat(ran).hasSize(3);
        set(services, once, Delay.RELATIVE, 0);
        assertThat(ran).hasSize(4);
    }

    private EfiStatus set(EventServices services, int event, Delay delay, int time) {
        return bed.call(new SetTimerFor(services, event, delay, time));
    }
}
