/**
 * The hand-over from firmware to an operating system with DMA under way: drivers, the teardown of the IOMMU driver at
 * ExitBootServices, and what the operating system makes of the memory.
 */
@NullMarked
package org.ringfence.stack.guest.uefi.handover;

import org.jspecify.annotations.NullMarked;
