package org.ringfence.machine.operation;

/** Who acts. A threat model names those of them that are not trusted. */
public enum Principal {
    /** The host kernel or hypervisor. */
    HOST("host"),
    /** The host's userspace: the VMM. */
    VMM("vmm"),
    /** The guest's most privileged software: a TD or its L1, VMPL0, a monitor. */
    GUEST("guest"),
    /** What runs inside the guest below its monitor: L2, VMPL1 to 3. */
    INNER_GUEST("l2"),
    /** A device that does DMA. */
    DEVICE("device"),
    /** Someone on the memory bus. */
    BUS("bus"),
    /**
     * Nobody: what the machine does by itself, such as evicting a line from a cache. On every machine, however honest
     * its software.
     */
    HARDWARE("hardware");

    private final String printed;

    Principal(String printed) {
        this.printed = printed;
    }

    /** Whether it is software in the guest: what the machine is there for. */
    public boolean isInGuest() {
        return this == GUEST || this == INNER_GUEST;
    }

    @Override
    public String toString() {
        return printed;
    }
}
