package org.ringfence.machine.device;

/** What a device is at. */
public enum DeviceWork {
    /** Nothing: it was never started, has finished, or was halted. */
    NONE(false, false, false),
    /** A disk that will write its buffer to a sector: it reads memory once, at any time. */
    DISK_WRITE(true, false, true),
    /** A disk that will read a sector to its buffer: it writes memory once, at any time. */
    DISK_READ(false, true, true),
    /** A network card that has a buffer: it writes there whenever a packet comes. */
    RECEIVE(false, true, false),
    /** A virtio device: whoever plays it uses the ring without being kicked, and writes there at any time. */
    RING(false, true, false);

    private final boolean reads;
    private final boolean writes;
    private final boolean once;

    DeviceWork(boolean reads, boolean writes, boolean once) {
        this.reads = reads;
        this.writes = writes;
        this.once = once;
    }

    /** Whether it reads memory. */
    public boolean reads() {
        return reads;
    }

    /** Whether it writes memory. */
    public boolean writes() {
        return writes;
    }

    /** Whether it is then finished. */
    public boolean isOnce() {
        return once;
    }
}
