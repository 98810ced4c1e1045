package org.ringfence.machine.sev;

import java.util.Optional;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.sev.firmware.Asids;

/**
 * WBINVD on {@code core}: every line of its cache is written back, and in the firmware's account of ASIDs the core's
 * WBINVD_DONE indicator is set. Each CCX has a cache of its own, or all share the only one.
 */
public record Wbinvd(int core) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Asids asids = machine.part(Asids.class);
        if (core < 0 || core >= asids.cores()) {
            throw new IllegalArgumentException("WBINVD on core " + core + " of a machine with " + asids.cores());
        }
        Optional<Memory> cached = machine.find(Memory.class)
                .filter(memory -> memory.options().caches().present());
        boolean shared = cached.isEmpty() || cached.get().options().caches().packages() == 1;
        int cache = shared ? 0 : core / asids.coresPerCcx();
        return state -> {
            cached.ifPresent(memory -> memory.writeBackAndInvalidate(state, cache));
            asids.flush(state, core);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "WBINVD";
    }
}
