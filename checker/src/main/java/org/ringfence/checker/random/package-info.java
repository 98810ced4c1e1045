/**
 * Random sequences of operations of everyone on a machine, held against its invariants after each change; and what
 * breaks one, shrunk to the few operations that matter.
 */
@NullMarked
package org.ringfence.checker.random;

import org.jspecify.annotations.NullMarked;
