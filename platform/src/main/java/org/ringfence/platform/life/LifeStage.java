package org.ringfence.platform.life;

/** A stage of a VM's life, or of a boot of its firmware. */
public enum LifeStage {
    /** The host makes itself ready for protected VMs. */
    HOST("host"),
    /** The host builds the VM; the image that it starts with is measured. */
    LAUNCH("launch"),
    /** The firmware accepts what it needs, and the EFI stub notes what is left. */
    FIRMWARE("firmware"),
    /** Firmware shares the pool of its IOMMU driver. */
    POOL("reserved pool"),
    /** Drivers in firmware do transfers. */
    DRIVERS("drivers"),
    /** A loader ends boot services. */
    EXIT_BOOT_SERVICES("exit boot services"),
    /** The kernel starts, shares memory for devices and, where it is eager, accepts all the rest. */
    BOOT("boot"),
    /** A workload touches memory and converts some. */
    WORK("work"),
    /** All that the workload touched is read again. */
    READ_BACK("read back"),
    /** The kernel takes shared memory back and starts another, which works on. */
    KEXEC("kexec"),
    /** The VM stops and its key is taken out of use. */
    SHUTDOWN("shutdown"),
    /** The host takes every page back. */
    RECLAIM("reclaim");

    private final String printed;

    LifeStage(String printed) {
        this.printed = printed;
    }

    @Override
    public String toString() {
        return printed;
    }
}
