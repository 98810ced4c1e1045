/** Arm CCA as cases name it. */
@NullMarked
package org.ringfence.platform.cca;

import org.jspecify.annotations.NullMarked;
