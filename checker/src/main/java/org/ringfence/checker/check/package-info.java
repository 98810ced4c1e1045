/** A case: its machine, its software, its expectations; and the check that holds one against the others. */
@NullMarked
package org.ringfence.checker.check;

import org.jspecify.annotations.NullMarked;
