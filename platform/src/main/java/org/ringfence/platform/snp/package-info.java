/** AMD SEV-SNP as cases name it. */
@NullMarked
package org.ringfence.platform.snp;

import org.jspecify.annotations.NullMarked;
