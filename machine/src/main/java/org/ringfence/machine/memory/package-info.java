/**
 * What every protection stands on: host frames, what they hold and under which key, page sizes, and what a guest may
 * expect to read.
 */
@NullMarked
package org.ringfence.machine.memory;

import org.jspecify.annotations.NullMarked;
