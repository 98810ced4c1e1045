package org.ringfence.machine.operation;

import java.util.List;

/**
 * What a principal may do where a threat model does not trust it: a row of the table of (principal, mode), from which
 * the checker combines what moves by itself. A platform gives those of its hardware, a {@link Part} those of itself.
 *
 * @param parts what it keeps of its own
 * @param powers what it draws from
 */
public record Adversary(Principal principal, Mode mode, List<Part> parts, Powers powers) {

    /** How far a principal is not trusted. */
    public enum Mode {
        /**
         * It runs its own software honestly, and from some instant on reads all that it can reach. Reading changes
         * nothing, so that instant may be any.
         */
        RETROACTIVE,
        /** Its own software does not run: it does what it likes, when it likes. */
        MALICIOUS
    }

    /** Families of operations. */
    @FunctionalInterface
    public interface Powers {
        /** Those on this machine; none where it has nothing to work on. */
        List<Family> families(Machine machine, Cast cast);
    }

    public Adversary {
        parts = List.copyOf(parts);
    }

    /** A principal that does what it likes. */
    public static Adversary malicious(Principal principal, Powers powers) {
        return new Adversary(principal, Mode.MALICIOUS, List.of(), powers);
    }

    /** A principal that reads what it should not. */
    public static Adversary retroactive(Principal principal, Powers powers) {
        return new Adversary(principal, Mode.RETROACTIVE, List.of(), powers);
    }

    /** What the machine does by itself, under every threat model. */
    public static Adversary hardware(Powers powers) {
        return malicious(Principal.HARDWARE, powers);
    }

    /** The same, which keeps these parts. */
    public Adversary keeping(List<Part> kept) {
        return new Adversary(principal, mode, kept, powers);
    }
}
