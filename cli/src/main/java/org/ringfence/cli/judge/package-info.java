/** Holds cases against their expectations: one search for each platform and threat model that a case speaks of. */
@NullMarked
package org.ringfence.cli.judge;

import org.jspecify.annotations.NullMarked;
