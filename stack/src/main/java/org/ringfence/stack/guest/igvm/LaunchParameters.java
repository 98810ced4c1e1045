package org.ringfence.stack.guest.igvm;

/**
 * What the host tells the guest. Nobody measures it.
 *
 * @param vpCount processors
 * @param memoryIsShared memory that nothing was loaded into is the host's until the guest asks for it
 */
public record LaunchParameters(int vpCount, MemoryMap memoryMap, boolean memoryIsShared) {}
