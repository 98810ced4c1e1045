package org.ringfence.machine.operation;

/**
 * A CPU as a routine holds it: its index among all actors of a machine and whose software runs there.
 *
 * @param index from 0
 * @param name what a trace calls it
 * @param vmpl of software in a SEV-SNP guest, the virtual machine privilege level it runs at; elsewhere of no meaning
 * @param cpu the logical CPU on which the software runs: that of its index, unless it is software of a host that shares
 *     a logical CPU with vCPUs; negative for one that nobody knows
 */
public record Actor(int index, Principal principal, String name, int vmpl, int cpu) {

    /** The VMPL of an inner guest unless said otherwise: COCONUT-SVSM runs its guest there. */
    public static final int INNER_VMPL = 2;

    /** On the logical CPU of its index. */
    public Actor(int index, Principal principal, String name, int vmpl) {
        this(index, principal, name, vmpl, index);
    }

    /** The same, on logical CPU {@code other}. */
    public Actor on(int other) {
        return new Actor(index, principal, name, vmpl, other);
    }

    /** At the VMPL that is usual for software of {@code principal}, on the logical CPU of its index. */
    public Actor(int index, Principal principal, String name) {
        this(index, principal, name, usualVmpl(principal));
    }

    /** The VMPL at which software of {@code principal} runs unless said otherwise. */
    public static int usualVmpl(Principal principal) {
        return principal == Principal.INNER_GUEST ? INNER_VMPL : 0;
    }

    @Override
    public String toString() {
        return name;
    }
}
