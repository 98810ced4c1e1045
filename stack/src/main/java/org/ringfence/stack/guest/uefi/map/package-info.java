/**
 * UEFI memory maps of real firmware: what {@code memmap} prints in an edk2 shell, what Linux prints of the map with
 * {@code efi=debug}, and the descriptors that GetMemoryMap returns. A map that no firmware may return is refused with
 * its place in the file.
 */
@NullMarked
package org.ringfence.stack.guest.uefi.map;

import org.jspecify.annotations.NullMarked;
