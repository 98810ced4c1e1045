package org.ringfence.machine.operation;

/** What an operation ended with may be a fault, which software that does not expect it does not survive. */
public interface Faulting {

    /** Whether this is one. */
    boolean isFault();
}
