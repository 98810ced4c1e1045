/** Software of the user's own: read, compiled, held to the rules, loaded, and told of in verdicts. */
@NullMarked
package org.ringfence.cli.own;

import org.jspecify.annotations.NullMarked;
