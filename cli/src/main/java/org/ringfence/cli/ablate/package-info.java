/** Switches off one check of a protection after the other and finds what breaks without it. */
@NullMarked
package org.ringfence.cli.ablate;

import org.jspecify.annotations.NullMarked;
