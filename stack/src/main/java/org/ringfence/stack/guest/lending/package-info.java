/** A guest that lends a page to its host and takes it back, on whichever protection it finds itself. */
@NullMarked
package org.ringfence.stack.guest.lending;

import org.jspecify.annotations.NullMarked;
