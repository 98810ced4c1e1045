/**
 * What a kernel does about the faults that its protection raises in it: Linux' #VC handler, and a handler that accepts
 * memory, which Linux has not. Source: Linux, arch/x86/coco/sev/vc-handle.c.
 */
@NullMarked
package org.ringfence.stack.guest.linux.fault;

import org.jspecify.annotations.NullMarked;
