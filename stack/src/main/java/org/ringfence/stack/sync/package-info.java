/**
 * What kernels protect shared state with, as parts and operations: locks, reference counts, sequence counters and grace
 * periods. They print and replay like hardware's operations, and whoever waits for one that never comes is told as a
 * violation of availability. Software names the ones it uses; two routines that name the same one share it.
 */
@NullMarked
package org.ringfence.stack.sync;

import org.jspecify.annotations.NullMarked;
