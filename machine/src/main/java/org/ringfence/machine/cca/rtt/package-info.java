/** Arm CCA: realm translation tables, whose entries tell the state of each address of a realm (HIPAS and RIPAS). */
@NullMarked
package org.ringfence.machine.cca.rtt;

import org.jspecify.annotations.NullMarked;
