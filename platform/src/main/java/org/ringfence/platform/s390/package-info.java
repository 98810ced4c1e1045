/** Protected virtualization of s390 as cases name it. */
@NullMarked
package org.ringfence.platform.s390;

import org.jspecify.annotations.NullMarked;
