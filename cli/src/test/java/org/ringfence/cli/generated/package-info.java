/** Cases drawn from the schema. */
@NullMarked
package org.ringfence.cli.generated;

import org.jspecify.annotations.NullMarked;
