/**
 * UEFI firmware in a confidential guest, up to the hand-over to an operating system: what its parts have in common.
 * Events are in {@code event}, the memory map and ExitBootServices in {@code memory}.
 */
@NullMarked
package org.ringfence.stack.guest.uefi;

import org.jspecify.annotations.NullMarked;
