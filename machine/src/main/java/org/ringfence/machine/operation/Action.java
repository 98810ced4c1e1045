package org.ringfence.machine.operation;

/** An operation that has nothing to tell: it waits, or it is done. */
public interface Action extends Operation<Done> {
    @Override
    default Results<Done> results() {
        return new Results.Closed<>(Done.class);
    }
}
