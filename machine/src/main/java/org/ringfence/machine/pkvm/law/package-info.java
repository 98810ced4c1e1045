/** What holds under pKVM in every state. */
@NullMarked
package org.ringfence.machine.pkvm.law;

import org.jspecify.annotations.NullMarked;
