/**
 * Operations as text and as tables of arguments: what a log, a script or a random run needs to know about all
 * operations of a protection. A protection lists its operations once, as {@link Form}s.
 */
@NullMarked
package org.ringfence.machine.vocabulary;

import org.jspecify.annotations.NullMarked;
