/** A host that runs a protected guest of s390. */
@NullMarked
package org.ringfence.stack.host.s390;

import org.jspecify.annotations.NullMarked;
