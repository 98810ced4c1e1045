/**
 * Case files: reading them, naming what is wrong in them, finding them in the catalogue, and their published schema.
 */
@NullMarked
package org.ringfence.cli.casefile;

import org.jspecify.annotations.NullMarked;
