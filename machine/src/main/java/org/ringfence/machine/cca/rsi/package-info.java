/** Arm CCA: the Realm Services Interface (RSI), by which software in a realm asks the RMM. */
@NullMarked
package org.ringfence.machine.cca.rsi;

import org.jspecify.annotations.NullMarked;
