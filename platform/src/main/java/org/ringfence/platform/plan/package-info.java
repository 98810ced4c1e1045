/** What policies of accepting memory cost, from what operations cost and what small lives of VMs perform. */
@NullMarked
package org.ringfence.platform.plan;

import org.jspecify.annotations.NullMarked;
