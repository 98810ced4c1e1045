/**
 * Runs routines directly, each actor on a virtual thread of its own, one at a time: how every trace is replayed before
 * it is shown.
 */
@NullMarked
package org.ringfence.checker.run;

import org.jspecify.annotations.NullMarked;
