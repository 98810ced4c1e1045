package org.ringfence.machine.plain;

/** What the monitor's nested page table lets the inner guest do with a page. */
public enum InnerAccess {
    NONE,
    READ,
    READ_WRITE
}
