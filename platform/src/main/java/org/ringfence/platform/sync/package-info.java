/** Locks, counts, counters and grace periods as cases and scripts name them. */
@NullMarked
package org.ringfence.platform.sync;

import org.jspecify.annotations.NullMarked;
