/**
 * The SEV firmware as it serves guests with an RMP: initialisation, guests and their launch, pages taken back, moved
 * and swapped.
 */
@NullMarked
package org.ringfence.machine.snp.firmware;

import org.jspecify.annotations.NullMarked;
