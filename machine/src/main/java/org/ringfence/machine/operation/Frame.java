package org.ringfence.machine.operation;

/**
 * A host frame as a routine holds it: a name it may compare and pass on, and from which it may conclude nothing else.
 * The checker renames frames, and refuses to where a routine treats two of them differently.
 *
 * @param index from 0
 */
public record Frame(int index) {
    @Override
    public String toString() {
        return "frame " + index;
    }
}
