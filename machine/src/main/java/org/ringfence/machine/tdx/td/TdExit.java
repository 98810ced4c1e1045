package org.ringfence.machine.tdx.td;

import org.ringfence.machine.memory.Level;

/**
 * What the host learns when a vCPU is out.
 *
 * @param vcpu which
 * @param reason why
 * @param gpa where, with bits 11:0 clear and without the shared bit; 0 where the reason has no page
 * @param level the level that an accept or an attribute write asked for; 4K elsewhere
 * @param pages 4K pages that a MapGPA is about; 1 elsewhere
 */
public record TdExit(int vcpu, TdExitReason reason, long gpa, Level level, int pages) {
    @Override
    public String toString() {
        if (!reason.hasPage()) {
            return "vCPU " + vcpu + ": " + reason;
        }
        return "vCPU %d: %s GPA 0x%X %s".formatted(vcpu, reason, gpa, reason.hasRange() ? pages + " pages" : level);
    }
}
