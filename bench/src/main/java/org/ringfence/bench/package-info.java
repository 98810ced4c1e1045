/**
 * Benchmarks, the peers' models of the same questions, and the comparison between them.
 */
@NullMarked
package org.ringfence.bench;

import org.jspecify.annotations.NullMarked;
