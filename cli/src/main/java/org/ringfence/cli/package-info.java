/**
 * What a user types and reads: the commands, their reports and the viewer.
 */
@NullMarked
package org.ringfence.cli;

import org.jspecify.annotations.NullMarked;
