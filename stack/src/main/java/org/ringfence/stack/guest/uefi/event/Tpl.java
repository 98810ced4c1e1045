package org.ringfence.stack.guest.uefi.event;

/** Task priority levels. Source: UEFI 2.10, 7.1; edk2, MdePkg/Include/Uefi/UefiSpec.h. */
public final class Tpl {
    /** Where applications and drivers run. */
    public static final int APPLICATION = 4;
    /** Most notification functions. */
    public static final int CALLBACK = 8;
    /** The level of the memory, pool and protocol locks of the DXE core. */
    public static final int NOTIFY = 16;
    /** The DXE core's own event that looks after timers. */
    public static final int TIMER = 30;
    /** Interrupts are off; the level of the lock of the event queue. */
    public static final int HIGH_LEVEL = 31;

    private Tpl() {}
}
