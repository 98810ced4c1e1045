/**
 * Learns the automaton of a routine by running it.
 *
 * <p>A routine is deterministic, so where it stands is a function of the results it has seen. The learner runs it from
 * the start, answering from recorded results, until it asks for an operation that no result is recorded for: that is a
 * point. A routine that calls another has a history of its own, in which the callee is one entry; points of one scope
 * whose futures are equal are one point.
 */
@NullMarked
package org.ringfence.checker.learn;

import org.jspecify.annotations.NullMarked;
