package org.ringfence.stack.guest.linux;

import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;

/** An entry of the memory map that firmware hands to the EFI stub. */
public record MemoryDescriptor(EfiMemoryType type, PhysicalRange range) {
    /** Whether nobody has accepted it yet: type 15. */
    public boolean isUnaccepted() {
        return type == EfiMemoryType.UNACCEPTED;
    }
}
