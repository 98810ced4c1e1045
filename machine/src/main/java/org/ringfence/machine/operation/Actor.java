package org.ringfence.machine.operation;

/**
 * A CPU as a routine holds it: its index among all actors of a machine and whose software runs there.
 *
 * @param index from 0
 * @param name what a trace calls it
 */
public record Actor(int index, Principal principal, String name) {
    @Override
    public String toString() {
        return name;
    }
}
