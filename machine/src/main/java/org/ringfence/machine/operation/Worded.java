package org.ringfence.machine.operation;

/** A constant of an enum, as a result of an operation, whose words in a trace are not its {@code toString}. */
public interface Worded {

    /** How a trace prints it. */
    String worded();
}
