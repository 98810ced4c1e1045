/**
 * The peers' model Accept: a guest that accepts, writes and reads back its pages while a host adds, blocks and removes
 * them. The same model in Promela and TLA+ is what SPIN and TLC are run on.
 */
@NullMarked
package org.ringfence.bench.peers.accept;

import org.jspecify.annotations.NullMarked;
