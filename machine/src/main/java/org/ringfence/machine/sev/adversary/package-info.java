/**
 * What an untrusted host draws from on SEV and SEV-ES, and what someone on the memory bus does: the families of their
 * operations.
 */
@NullMarked
package org.ringfence.machine.sev.adversary;

import org.jspecify.annotations.NullMarked;
