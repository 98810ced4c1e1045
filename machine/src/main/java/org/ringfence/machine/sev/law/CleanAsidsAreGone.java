package org.ringfence.machine.sev.law;

import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.sev.firmware.Asids;
import org.ringfence.machine.state.State;

/**
 * No cache holds a line under an ASID that is clean everywhere: the next guest with this ASID would find it there, or
 * have it written back over its own memory, under its own key.
 */
public record CleanAsidsAreGone(Memory memory, Asids asids) implements Invariant {
    @Override
    public Property property() {
        return Property.INTEGRITY;
    }

    @Override
    public long judge(State state) {
        if (!memory.options().caches().present()) {
            return 0;
        }
        long marks = 0;
        for (int asid = 1; asid <= asids.asids(); asid++) {
            if (asids.clean().get(state, asid - 1) == asids.everywhere()) {
                marks |= memory.caches().holds(state, asid)
                        ? Property.INTEGRITY.broken()
                        : Property.INTEGRITY.exercised();
            }
        }
        return marks;
    }

    @Override
    public String hurt(State state) {
        return "a cache holds a line under an ASID that is clean";
    }
}
