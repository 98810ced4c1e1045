/** Runs a module from one import to the next, and keeps where it stood. */
@NullMarked
package org.ringfence.wasm.run;

import org.jspecify.annotations.NullMarked;
