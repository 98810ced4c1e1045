package org.ringfence.stack.guest.uefi.event;

import java.util.Arrays;
import java.util.Optional;

/**
 * The types that CreateEvent takes: exactly these numbers. Source: edk2, MdeModulePkg/Core/Dxe/Event/Event.c
 * (mEventTable).
 */
public enum EventType {
    /** No event: a free entry. */
    NONE(-1),
    GENERIC(0),
    TIMER(0x8000_0000L),
    TIMER_NOTIFY_WAIT(0x8000_0100L),
    TIMER_NOTIFY_SIGNAL(0x8000_0200L),
    NOTIFY_WAIT(0x100),
    NOTIFY_SIGNAL(0x200),
    EXIT_BOOT_SERVICES(0x201),
    VIRTUAL_ADDRESS_CHANGE(0x6000_0202L);

    private static final long EVT_TIMER = 0x8000_0000L;
    private static final long EVT_NOTIFY_WAIT = 0x100;
    private static final long EVT_NOTIFY_SIGNAL = 0x200;

    private final long number;

    EventType(long number) {
        this.number = number;
    }

    /** The number of the specification. */
    public long number() {
        return number;
    }

    /** The type with this number; empty where CreateEvent refuses it. */
    public static Optional<EventType> of(long number) {
        return Arrays.stream(values()).filter(type -> type != NONE && type.number == number).findFirst();
    }

    /** Whether a timer can be set for it. */
    public boolean isTimer() {
        return this != NONE && (number & EVT_TIMER) != 0;
    }

    /** Whether its notification function is queued while somebody waits for it. */
    public boolean isNotifyWait() {
        return this != NONE && (number & EVT_NOTIFY_WAIT) != 0;
    }

    /** Whether its notification function is queued when it is signalled. */
    public boolean isNotifySignal() {
        return this != NONE && (number & EVT_NOTIFY_SIGNAL) != 0;
    }

    /** Whether it has a notification function at all. */
    public boolean isNotified() {
        return isNotifyWait() || isNotifySignal();
    }
}
