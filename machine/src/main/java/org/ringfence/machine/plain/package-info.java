/**
 * A virtual machine without confidential hardware: every private access of the guest works, nothing is validated,
 * accepted or encrypted, and the host reaches every frame. A monitor in the guest keeps an inner guest from its memory
 * by nested paging of its own.
 */
@NullMarked
package org.ringfence.machine.plain;

import org.jspecify.annotations.NullMarked;
