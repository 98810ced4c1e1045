/**
 * Devices that do DMA, and the IOMMU that stands before them. A device has no key: it reads and writes what is shared,
 * and meets in all else what a protection has for those without a key.
 */
@NullMarked
package org.ringfence.machine.device;

import org.jspecify.annotations.NullMarked;
