package org.ringfence.checker.explore;

/** Expands a piece of a round. */
interface Expander {

    /**
     * Expands states that lie one after the other.
     *
     * @param address of the first state's words
     * @param states how many
     * @param place the first state's place in the round
     */
    void expand(Worker worker, long address, int states, int place);
}
