/**
 * AMD SEV: an encryption key for each guest, chosen by the C-bit of its own page tables, and nothing that keeps a host
 * from writing, replaying or remapping what it cannot read. SEV-SNP stands on this package: nested paging, the exits of
 * vCPUs, and what a host does to memory without a key.
 *
 * <p>Where no vendor manual was at hand, semantics follow the Linux kernel and AMD's published firmware.
 */
@NullMarked
package org.ringfence.machine.sev;

import org.jspecify.annotations.NullMarked;
