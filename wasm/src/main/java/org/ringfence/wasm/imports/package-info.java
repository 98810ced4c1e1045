/**
 * What a module can import: functions, in libraries, each of which maps to operations of the machine. The C header
 * {@code ringfence.h} declares the same functions.
 */
@NullMarked
package org.ringfence.wasm.imports;

import org.jspecify.annotations.NullMarked;
