package org.ringfence.stack.guest.uefi.handover;

import org.ringfence.machine.device.DeviceWork;
import org.ringfence.machine.vocabulary.Meaning;

/** What devices are at when boot services end. */
public enum Traffic {
    @Meaning("Nothing.")
    NONE(DeviceWork.NONE),
    @Meaning("Each a queued write to disk.")
    DISK_WRITE(DeviceWork.DISK_WRITE),
    @Meaning("Each a queued read from disk.")
    DISK_READ(DeviceWork.DISK_READ),
    @Meaning("Each receives.")
    RECEIVE(DeviceWork.RECEIVE),
    @Meaning("Each has a ring.")
    RING(DeviceWork.RING),
    @Meaning("One of each kind in turn.")
    MIXED(DeviceWork.NONE);

    private static final int KINDS = 4;

    private final DeviceWork every;

    Traffic(DeviceWork every) {
        this.every = every;
    }

    /** What device {@code number} is at. */
    public DeviceWork of(int number) {
        if (this != MIXED) {
            return every;
        }
        return switch (number % KINDS) {
            case 0 -> DeviceWork.DISK_WRITE;
            case 1 -> DeviceWork.DISK_READ;
            case 2 -> DeviceWork.RECEIVE;
            default -> DeviceWork.RING;
        };
    }
}
