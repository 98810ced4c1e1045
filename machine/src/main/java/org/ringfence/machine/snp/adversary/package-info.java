/** What an untrusted host or inner guest draws from on SEV-SNP: the families of their operations. */
@NullMarked
package org.ringfence.machine.snp.adversary;

import org.jspecify.annotations.NullMarked;
