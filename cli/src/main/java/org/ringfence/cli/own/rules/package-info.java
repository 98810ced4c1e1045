/** What a routine may touch, held on its bytecode: the same rules for Ringfence's own routines and for a user's. */
@NullMarked
package org.ringfence.cli.own.rules;

import org.jspecify.annotations.NullMarked;
