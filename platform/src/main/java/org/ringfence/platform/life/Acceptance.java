package org.ringfence.platform.life;

/** When a guest's memory is accepted. */
public enum Acceptance {
    /** As the kernel needs it: accept_memory=lazy. */
    LAZY,
    /** All of it while the kernel boots: accept_memory=eager. */
    EAGER,
    /** What lies below 4 GiB by the firmware, the rest as the kernel needs it. */
    BELOW_4G
}
