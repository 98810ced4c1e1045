/**
 * A Linux kernel that accepts its memory lazily: the table of unaccepted memory that the EFI stub fills, the kernel's
 * arithmetic on it, what it asks the platform for, and the page allocator that puts acceptance off. Sources: Linux,
 * drivers/firmware/efi/libstub/unaccepted_memory.c, drivers/firmware/efi/unaccepted_memory.c,
 * arch/x86/include/asm/unaccepted_memory.h, mm/page_alloc.c.
 */
@NullMarked
package org.ringfence.stack.guest.linux;

import org.jspecify.annotations.NullMarked;
