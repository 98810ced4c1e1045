/**
 * IGVM files, as the launch plan of a VM: what a host loads into a guest's memory before its first instruction, what of
 * it is measured, and which parameters it leaves room for. Source: microsoft/igvm, igvm_defs/src/lib.rs, whose names
 * the types keep.
 *
 * <p>{@link org.ringfence.stack.guest.igvm.IgvmReader} refuses what is not right with the byte where it is wrong, and
 * accepts what {@link org.ringfence.stack.guest.igvm.IgvmWriter} writes. Beyond what the reference reader checks it
 * refuses directives that load two things at one address, and parameters that do not fit their area.
 */
@NullMarked
package org.ringfence.stack.guest.igvm;

import org.jspecify.annotations.NullMarked;
