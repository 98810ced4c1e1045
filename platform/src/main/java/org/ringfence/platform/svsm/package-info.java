/** The software of a monitor (SVSM), on every platform. */
@NullMarked
package org.ringfence.platform.svsm;

import org.jspecify.annotations.NullMarked;
