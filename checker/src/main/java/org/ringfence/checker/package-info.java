/**
 * Every behaviour a case allows under a threat model: exploration, properties, verdicts, traces and the runner.
 */
@NullMarked
package org.ringfence.checker;

import org.jspecify.annotations.NullMarked;
