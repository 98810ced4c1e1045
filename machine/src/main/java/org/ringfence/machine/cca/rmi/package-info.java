/** Arm CCA: the Realm Management Interface (RMI), by which a host asks the RMM. One method a command. */
@NullMarked
package org.ringfence.machine.cca.rmi;

import org.jspecify.annotations.NullMarked;
