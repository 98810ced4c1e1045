/**
 * The window of virtual addresses through which an SVSM reaches a page of its guest: mapped, used, unmapped and
 * flushed; and how it zeroes what the guest hands to it.
 */
@NullMarked
package org.ringfence.stack.guest.svsm.window;

import org.jspecify.annotations.NullMarked;
