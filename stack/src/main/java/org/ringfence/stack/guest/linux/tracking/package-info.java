/**
 * Where a kernel could note what it has accepted other than in the table: in e820, or in flags of struct page. Both
 * were proposed, and turned down. Source: Linux, arch/x86/kernel/e820.c, commits 745e3ed85f71 and 2053bc57f367.
 */
@NullMarked
package org.ringfence.stack.guest.linux.tracking;

import org.jspecify.annotations.NullMarked;
