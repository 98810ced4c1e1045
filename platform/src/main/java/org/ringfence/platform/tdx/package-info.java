/**
 * Intel TDX as cases name it: one or two TDs ({@code tdx}), the module as a system ({@code tdx-module}), and a host
 * that brings it up ({@code tdx-host}).
 */
@NullMarked
package org.ringfence.platform.tdx;

import org.jspecify.annotations.NullMarked;
