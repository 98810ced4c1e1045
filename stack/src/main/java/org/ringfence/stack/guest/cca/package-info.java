/** Software in a realm of Arm CCA. */
@NullMarked
package org.ringfence.stack.guest.cca;

import org.jspecify.annotations.NullMarked;
