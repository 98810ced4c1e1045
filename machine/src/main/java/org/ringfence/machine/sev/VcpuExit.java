package org.ringfence.machine.sev;

/**
 * What the host learns when a vCPU leaves for it.
 *
 * @param vcpu the actor's index
 * @param gpa the page of the fault or of the request, in bytes
 */
public record VcpuExit(int vcpu, ExitReason reason, long gpa) {
    @Override
    public String toString() {
        return "vCPU %d: %s at GPA 0x%X".formatted(vcpu, reason, gpa);
    }
}
