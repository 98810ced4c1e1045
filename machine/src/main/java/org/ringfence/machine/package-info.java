/**
 * What the hardware and its firmware guarantee, and nothing of the software on it: state as words, operations as
 * records, memory with its caches and translations, and one package per protection.
 */
@NullMarked
package org.ringfence.machine;

import org.jspecify.annotations.NullMarked;
