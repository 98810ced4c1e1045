/** A module as it lies in its file: what it needs and offers, and which line of the source an instruction is from. */
@NullMarked
package org.ringfence.wasm.module;

import org.jspecify.annotations.NullMarked;
