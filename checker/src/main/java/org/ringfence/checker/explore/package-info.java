/**
 * Exhaustive search: breadth first, level by level, over the words of a machine. It knows states, operations and
 * movers, and nothing of any protection.
 */
@NullMarked
package org.ringfence.checker.explore;

import org.jspecify.annotations.NullMarked;
