/** Guests that take their memory for encrypted, and what becomes of that when the host is not honest. */
@NullMarked
package org.ringfence.stack.guest.sev;

import org.jspecify.annotations.NullMarked;
