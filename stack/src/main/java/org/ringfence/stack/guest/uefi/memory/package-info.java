/**
 * The DXE core's memory services, its memory map, and the hand-over to an operating system by ExitBootServices. Source:
 * edk2, MdeModulePkg/Core/Dxe/{Mem,DxeMain}; UEFI 2.10, 7.2 and 7.4.6.
 */
@NullMarked
package org.ringfence.stack.guest.uefi.memory;

import org.jspecify.annotations.NullMarked;
