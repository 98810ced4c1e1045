package org.ringfence.machine.operation;

import java.util.List;

/** A part of a machine that has something to say beside every verdict: what it costs, for example. */
public interface Reporting {

    /** Sentences for the evidence. */
    List<String> report();
}
