/**
 * The engine against a naive reference, on random machines and random routines.
 *
 * <p>A {@link org.ringfence.checker.differential.Scenario} is data: registers, frames, graphs of nodes, families. The
 * engine gets it as a {@link org.ringfence.checker.differential.ToyMachine}, operations and a routine
 * ({@link org.ringfence.checker.differential.Walk}) that interprets the graphs;
 * {@link org.ringfence.checker.differential.Reference} steps the graphs directly over arrays of integers, and uses
 * nothing of the engine but the operations' names as labels.
 */
@NullMarked
package org.ringfence.checker.differential;

import org.jspecify.annotations.NullMarked;
