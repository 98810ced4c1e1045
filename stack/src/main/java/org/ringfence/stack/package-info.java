/**
 * The software of a confidential virtual machine: the hosts that manage its memory and the guests that depend on it.
 */
@NullMarked
package org.ringfence.stack;

import org.jspecify.annotations.NullMarked;
