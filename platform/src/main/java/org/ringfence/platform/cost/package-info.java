/** What operations cost in time, where that figure comes from, and how a user changes it. */
@NullMarked
package org.ringfence.platform.cost;

import org.jspecify.annotations.NullMarked;
