/** What cases can name of a Linux kernel that accepts its memory lazily. */
@NullMarked
package org.ringfence.platform.linux;

import org.jspecify.annotations.NullMarked;
