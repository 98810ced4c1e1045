/** What holds on TDX in every state (invariants) and over every step (laws). */
@NullMarked
package org.ringfence.machine.tdx.law;

import org.jspecify.annotations.NullMarked;
