package org.ringfence.stack.guest.linux;

/** arch_accept_memory: how a platform's guest accepts a range of memory. */
@FunctionalInterface
public interface ArchAccept {
    /**
     * Accepts all of {@code range}.
     *
     * @throws org.ringfence.machine.operation.Panic where it cannot; no kernel goes on then
     */
    void accept(PhysicalRange range);
}
