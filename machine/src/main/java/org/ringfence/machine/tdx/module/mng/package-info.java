/** The leaves that make and end a trust domain and manage its key (TDH.MNG.*). */
@NullMarked
package org.ringfence.machine.tdx.module.mng;

import org.jspecify.annotations.NullMarked;
