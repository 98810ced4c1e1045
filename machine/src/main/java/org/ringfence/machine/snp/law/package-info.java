/** What holds on SEV-SNP in every state (invariants) and over every step (laws). */
@NullMarked
package org.ringfence.machine.snp.law;

import org.jspecify.annotations.NullMarked;
