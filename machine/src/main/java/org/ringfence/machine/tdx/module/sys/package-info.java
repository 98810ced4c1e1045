/** The leaves that bring the module up and shut it down (TDH.SYS.*). */
@NullMarked
package org.ringfence.machine.tdx.module.sys;

import org.jspecify.annotations.NullMarked;
