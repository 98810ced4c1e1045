package org.ringfence.machine.operation;

/** The only result of an operation that has none to tell. */
public enum Done {
    DONE;

    @Override
    public String toString() {
        return "done";
    }
}
