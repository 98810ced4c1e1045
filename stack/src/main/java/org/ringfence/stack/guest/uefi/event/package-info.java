/**
 * The DXE core's events: task priority levels, events and groups of them, the queues of their notification functions,
 * and timers. Source: edk2, MdeModulePkg/Core/Dxe/Event; UEFI 2.10, 7.1.
 */
@NullMarked
package org.ringfence.stack.guest.uefi.event;

import org.jspecify.annotations.NullMarked;
