/** What holds with an Ultravisor in every state. */
@NullMarked
package org.ringfence.machine.s390.law;

import org.jspecify.annotations.NullMarked;
