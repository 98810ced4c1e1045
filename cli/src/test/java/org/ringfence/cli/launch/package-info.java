/** The launcher, tried in folders of its own with a program that stands in for Ringfence. */
@NullMarked
package org.ringfence.cli.launch;

import org.jspecify.annotations.NullMarked;
