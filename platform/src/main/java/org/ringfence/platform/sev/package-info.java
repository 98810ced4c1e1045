/** AMD SEV and SEV-ES without an RMP as cases name them. */
@NullMarked
package org.ringfence.platform.sev;

import org.jspecify.annotations.NullMarked;
