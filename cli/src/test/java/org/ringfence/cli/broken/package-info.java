/** A small platform that is wrong, to test how Ringfence tells of its own defects. */
@NullMarked
package org.ringfence.cli.broken;

import org.jspecify.annotations.NullMarked;
