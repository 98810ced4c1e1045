/** What a user reads of results: text, tables and JSON. */
@NullMarked
package org.ringfence.cli.report;

import org.jspecify.annotations.NullMarked;
