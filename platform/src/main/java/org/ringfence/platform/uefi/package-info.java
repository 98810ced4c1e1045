/** The software of UEFI firmware, on every platform. */
@NullMarked
package org.ringfence.platform.uefi;

import org.jspecify.annotations.NullMarked;
