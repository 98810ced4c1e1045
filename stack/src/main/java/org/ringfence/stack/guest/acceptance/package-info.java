/**
 * How software in a guest takes memory for its own, and what it does when it is told that it had it already: the
 * protocols that COCONUT-SVSM's pull request 506 and the Linux list argued about, with the disputed choices as options.
 */
@NullMarked
package org.ringfence.stack.guest.acceptance;

import org.jspecify.annotations.NullMarked;
