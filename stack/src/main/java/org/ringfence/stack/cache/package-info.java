/** What software says of caches. */
@NullMarked
package org.ringfence.stack.cache;

import org.jspecify.annotations.NullMarked;
