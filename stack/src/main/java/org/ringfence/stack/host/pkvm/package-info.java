/** A host that runs a protected guest under pKVM. */
@NullMarked
package org.ringfence.stack.host.pkvm;

import org.jspecify.annotations.NullMarked;
