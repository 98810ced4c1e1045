/** The leaves on physical pages and caches (TDH.PHYMEM.*). */
@NullMarked
package org.ringfence.machine.tdx.module.phymem;

import org.jspecify.annotations.NullMarked;
