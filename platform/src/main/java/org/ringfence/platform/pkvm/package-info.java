/** pKVM as cases name it. */
@NullMarked
package org.ringfence.platform.pkvm;

import org.jspecify.annotations.NullMarked;
