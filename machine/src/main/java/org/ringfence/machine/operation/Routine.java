package org.ringfence.machine.operation;

/**
 * A piece of software, as plain Java: a record (or enum) whose components are its arguments and whose {@link #run} is
 * its body. It reaches the machine only through {@link Cpu#ask}; between two asks the checker may stop it and let
 * others move.
 *
 * <p>A routine must be deterministic: what it does next depends on its components and on the results it has seen, and
 * on nothing else. A loop without a fixed bound ends by {@link Cpu#again}.
 *
 * @param <V> what it returns to a caller: a primitive's box, an enum, a string, a {@link Frame}, or a record of these
 */
public interface Routine<V> {

    /** Runs on {@code cpu} to the end. */
    V run(Cpu cpu);
}
