/** What {@code ringfence run} reads and prints. */
@NullMarked
package org.ringfence.cli.run;

import org.jspecify.annotations.NullMarked;
