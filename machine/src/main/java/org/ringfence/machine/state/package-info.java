/**
 * A machine's state: nothing but words.
 *
 * <p>A {@link org.ringfence.machine.state.Layout} places tables of typed fields into {@code long[]}; a component of a
 * machine is a record of views ({@link org.ringfence.machine.state.Flag},
 * {@link org.ringfence.machine.state.Enumerated}, ...) over its own tables and has no mutable field of its own. The
 * checker packs every table into a few words; the runner gives each table an array of its own. Both go through the same
 * views.
 */
@NullMarked
package org.ringfence.machine.state;

import org.jspecify.annotations.NullMarked;
