package org.ringfence.platform.life;

import java.util.List;
import java.util.Optional;
import org.ringfence.stack.guest.linux.MemoryDescriptor;

/**
 * What VM lives, and how.
 *
 * @param memory of the guest in bytes, a multiple of 2 MiB; with a map its address space
 * @param map the guest's memory map, ascending; empty for the usual one
 * @param cpus vCPUs
 * @param touches how many pages the workload touches; 0 for one for each 2 MiB of memory
 */
public record LifeOptions(
        long memory, int cpus, Acceptance acceptance, BackingSize backing, TouchOrder order, long touches, long seed,
        Optional<Misdeed> misdeed, List<MemoryDescriptor> map) {
    /** The least memory of a guest, in bytes. */
    public static final long LEAST_MEMORY = 64L << 20;

    /** The most, in bytes. */
    public static final long MOST_MEMORY = 1L << 40;

    /** The most vCPUs. */
    public static final int MOST_CPUS = 256;

    private static final long UNIT = 2L << 20;

    public LifeOptions {
        map = List.copyOf(map);
        if (memory < LEAST_MEMORY || memory > MOST_MEMORY || memory % UNIT != 0) {
            throw new IllegalArgumentException(
                    "--memory is %d bytes; allowed is a multiple of 2 MiB from 64 MiB to 1 TiB".formatted(memory));
        }
        if (cpus < 1 || cpus > MOST_CPUS) {
            throw new IllegalArgumentException("--cpus is %d; allowed are 1 to %d".formatted(cpus, MOST_CPUS));
        }
        if (touches < 0) {
            throw new IllegalArgumentException("--touches is %d; allowed is 1 or more".formatted(touches));
        }
        if (touches == 0) {
            touches = memory / UNIT;
        }
    }

    /** Of a guest with the usual memory map. */
    public LifeOptions(
            long memory, int cpus, Acceptance acceptance, BackingSize backing, TouchOrder order, long touches,
            long seed,
            Optional<Misdeed> misdeed) {
        this(memory, cpus, acceptance, backing, order, touches, seed, misdeed, List.of());
    }

    /** The same guest with this memory map instead. */
    public LifeOptions with(BootMap other) {
        return new LifeOptions(
                other.bytes(), cpus, acceptance, backing, order, touches, seed, misdeed, other.descriptors());
    }
}
