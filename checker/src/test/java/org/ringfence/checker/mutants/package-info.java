/**
 * Seeded defects of the engine, each of which the comparison with the reference must notice.
 *
 * <p>A mutant is the compiled engine with a few instructions changed, in a class loader of its own, together with a
 * copy of the tests that compare. So the engine itself needs no hooks; a mutation that finds nothing to change fails
 * its test.
 */
@NullMarked
package org.ringfence.checker.mutants;

import org.jspecify.annotations.NullMarked;
