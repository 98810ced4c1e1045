/**
 * AMD SEV-SNP: the Reverse Map Table, nested page tables, the instructions of host and guest that change them, and what
 * an untrusted host or inner guest may draw from.
 *
 * <p>{@link org.ringfence.machine.snp.rmp.ReverseMapTable} holds the host's instructions, {@link
 * org.ringfence.machine.snp.Snp} the guest's and the access checks; an {@link
 * org.ringfence.machine.operation.Operation} of the same name stands before each. Where no vendor manual was at hand,
 * semantics follow the Linux kernel, AMD's published firmware, VeriSMo and OpenVMM.
 */
@NullMarked
package org.ringfence.machine.snp;

import org.jspecify.annotations.NullMarked;
