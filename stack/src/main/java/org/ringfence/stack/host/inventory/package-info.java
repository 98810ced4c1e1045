/**
 * What a host is made of, read from what Linux prints about it: the memory map out of a kernel log, the processors out
 * of {@code lscpu -p}.
 *
 * <p>Nothing is guessed: a line that looks like one of a map and cannot be read, a map that Linux would never print, or
 * a processor that is listed twice is refused with its place.
 */
@NullMarked
package org.ringfence.stack.host.inventory;

import org.jspecify.annotations.NullMarked;
