/** The platforms and routines that cases can name. */
@NullMarked
package org.ringfence.checker.platform;

import org.jspecify.annotations.NullMarked;
