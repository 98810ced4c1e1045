/**
 * Everything that happens to a machine: operations by principals, the routines that ask for them, and the families that
 * an untrusted principal draws from.
 */
@NullMarked
package org.ringfence.machine.operation;

import org.jspecify.annotations.NullMarked;
