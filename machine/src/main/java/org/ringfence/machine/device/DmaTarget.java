package org.ringfence.machine.device;

import org.ringfence.machine.state.State;

/**
 * How a protection leads the DMA of an assigned or emulated device to memory: by the host's own table, which its IOMMU
 * or its device model uses, and which the guest can do nothing about.
 */
public interface DmaTarget {

    /** The frame that DMA to the guest's page {@code page} reaches; negative where it reaches none. */
    int dmaFrame(State state, int page);
}
