/** A small platform and its software, to test commands and reports with: drawers that hold letters. */
@NullMarked
package org.ringfence.cli.toy;

import org.jspecify.annotations.NullMarked;
