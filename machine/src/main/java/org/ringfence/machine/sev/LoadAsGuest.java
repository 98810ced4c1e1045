package org.ringfence.machine.sev;

import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.sev.firmware.SevFirmware;

/**
 * A guest of the host's own, with {@code handle}, reads {@code frame} with C-bit 1: through the cache, whose lines are
 * tagged with the ASID and not with the key. What it sees the host sees. Waits while that guest does not run.
 */
public record LoadAsGuest(int handle, Frame frame) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Memory memory = machine.part(Memory.class);
        SevFirmware firmware = machine.part(SevFirmware.class);
        Numbered.require("handle of a guest of the host's own", handle, Sev.HANDLE + 1, firmware.guests().count());
        return state -> {
            int asid = firmware.guests().asid().get(state, handle - 1);
            if (asid == 0 || !firmware.runs(state, handle, asid)) {
                return Outcome.WAITS;
            }
            Ledger.seen(state, actor.principal(), memory.load(state, 0, frame.index(), asid));
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "load as a guest";
    }
}
