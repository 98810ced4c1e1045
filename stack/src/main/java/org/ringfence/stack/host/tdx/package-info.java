/**
 * An honest host of a TD, as KVM is one: it serves the TD's exits, backs its pages on demand and converts them when
 * asked.
 */
@NullMarked
package org.ringfence.stack.host.tdx;

import org.jspecify.annotations.NullMarked;
