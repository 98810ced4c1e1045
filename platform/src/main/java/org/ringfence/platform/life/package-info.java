/** Plays one confidential VM's whole life at real size, on the machine that the checker explores. */
@NullMarked
package org.ringfence.platform.life;

import org.jspecify.annotations.NullMarked;
