/** A machine without protection, to compare with. */
@NullMarked
package org.ringfence.platform.plain;

import org.jspecify.annotations.NullMarked;
