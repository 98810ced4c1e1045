/** A host that runs a realm of Arm CCA: what KVM does with the memory of one. */
@NullMarked
package org.ringfence.stack.host.cca;

import org.jspecify.annotations.NullMarked;
