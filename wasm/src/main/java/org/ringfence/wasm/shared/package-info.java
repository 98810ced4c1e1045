/** Memory of a module that is the machine's: every access to it is an operation, between two of which others move. */
@NullMarked
package org.ringfence.wasm.shared;

import org.jspecify.annotations.NullMarked;
