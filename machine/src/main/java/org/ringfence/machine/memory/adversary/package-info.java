/**
 * What hardware and an untrusted host draw from on memory, caches and keys, whatever the protection: the families of
 * their operations.
 */
@NullMarked
package org.ringfence.machine.memory.adversary;

import org.jspecify.annotations.NullMarked;
