/** What views cost on a machine of real size. */
@NullMarked
package org.ringfence.bench.views;

import org.jspecify.annotations.NullMarked;
