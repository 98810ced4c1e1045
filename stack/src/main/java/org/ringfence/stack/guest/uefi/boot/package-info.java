/**
 * A whole boot of firmware at real size: memory is accepted and told to the DXE core, drivers do thousands of transfers
 * through the IOMMU protocol, and a loader ends boot services. For direct runs: the routines are too long to be
 * learned.
 */
@NullMarked
package org.ringfence.stack.guest.uefi.boot;

import org.jspecify.annotations.NullMarked;
