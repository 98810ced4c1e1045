/**
 * Real code as a routine of a case: a module of WebAssembly, compiled from C, that reaches the machine by its imports.
 */
@NullMarked
package org.ringfence.wasm;

import org.jspecify.annotations.NullMarked;
