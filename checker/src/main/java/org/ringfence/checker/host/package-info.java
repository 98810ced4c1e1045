/** Plays the bring-up of hosts of real size. */
@NullMarked
package org.ringfence.checker.host;

import org.jspecify.annotations.NullMarked;
