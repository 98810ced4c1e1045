/**
 * How a Linux kernel shares pages with its host and takes them back: set_memory_decrypted and set_memory_encrypted with
 * the kernel's own mapping of each page, their order on each platform, who may not convert any more once a kexec has
 * begun, and what callers do with a page whose conversion failed. Sources: Linux, arch/x86/mm/pat/set_memory.c,
 * arch/x86/coco/tdx/tdx.c, arch/x86/mm/mem_encrypt_amd.c, kernel/dma/swiotlb.c.
 */
@NullMarked
package org.ringfence.stack.guest.linux.convert;

import org.jspecify.annotations.NullMarked;
