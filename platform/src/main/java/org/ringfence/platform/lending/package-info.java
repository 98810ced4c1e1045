/** Software that runs on several protections. */
@NullMarked
package org.ringfence.platform.lending;

import org.jspecify.annotations.NullMarked;
