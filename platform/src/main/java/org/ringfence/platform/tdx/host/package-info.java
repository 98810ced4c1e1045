/**
 * A TDX host of real size, played directly: memory map and processors as Linux prints them, and the bring-up of the
 * module.
 */
@NullMarked
package org.ringfence.platform.tdx.host;

import org.jspecify.annotations.NullMarked;
