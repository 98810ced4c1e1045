/**
 * The peers' model Rmp: a host assigns frames to pages, maps and reclaims them, while a guest validates and uses its
 * pages. The same model in Promela and TLA+ is what SPIN and TLC are run on.
 */
@NullMarked
package org.ringfence.bench.peers.rmp;

import org.jspecify.annotations.NullMarked;
