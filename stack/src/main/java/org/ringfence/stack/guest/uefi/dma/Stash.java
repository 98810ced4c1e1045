package org.ringfence.stack.guest.uefi.dma;

import org.ringfence.machine.vocabulary.Meaning;

/**
 * Who allocates the stash of a common buffer, which holds its data while the buffer changes in place. Source: edk2,
 * OvmfPkg/IoMmuDxe/CcIoMmu.c (COMMON_BUFFER_HEADER), commit 58e681406f.
 */
public enum Stash {
    @Meaning("AllocateBuffer allocates it and FreeBuffer frees it, so that Map and Unmap leave the map of memory alone.")
    IN_ALLOCATE_BUFFER,
    @Meaning("Map allocates it and Unmap frees it.")
    IN_MAP
}
