package org.ringfence.machine.sev.firmware;

import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.sev.Sev;
import org.ringfence.machine.sev.firmware.SevCommand.Activate;
import org.ringfence.machine.sev.firmware.SevCommand.LaunchUpdateData;
import org.ringfence.machine.sev.firmware.SevCommand.OfGuest;
import org.ringfence.machine.sev.firmware.SevCommand.OfPlatform;
import org.ringfence.machine.sev.firmware.SevGuests.Life;
import org.ringfence.machine.state.State;

/**
 * What the firmware's commands mean for what the guest with handle {@link Sev#HANDLE} is owed: what was measured in its
 * launch; and nothing any more when it is gone.
 */
public record LaunchedPages(Sev sev, Memory memory, Ledger ledger, SevFirmware firmware) {
    private static final Value[] VALUES = Value.values();

    /** Those of {@code machine}; empty where nobody is owed anything. */
    static Optional<LaunchedPages> of(Machine machine) {
        Optional<Sev> sev = machine.find(Sev.class);
        Optional<Ledger> ledger = machine.find(Ledger.class);
        return sev.isEmpty() || ledger.isEmpty()
                ? Optional.empty()
                : Optional.of(new LaunchedPages(
                        sev.get(), machine.part(Memory.class), ledger.get(), machine.part(SevFirmware.class)));
    }

    /** The firmware has done what it was told. */
    void after(State state, SevCommand command) {
        switch (command) {
            case LaunchUpdateData(int handle, var frame, int offset, long length) -> {
                if (handle == Sev.HANDLE && firmware.guests().life().is(state, handle - 1, Life.LAUNCH)) {
                    measured(state, frame.index(), (int) (frame.index() + (offset + length - 1) / Geometry.SMALL));
                }
            }
            case OfGuest(var kind, int handle) -> forget(state);
            case OfPlatform(var kind) -> forget(state);
            case Activate activate -> {}
        }
    }

    private void measured(State state, int first, int last) {
        int asid = firmware.guests().asid().get(state, Sev.HANDLE - 1);
        for (int page = 0; page < memory.geometry().pages(); page++) {
            int frame = sev.npt().lookup(state, page);
            if (frame >= first && frame <= last) {
                ledger.released(state, page);
                int value = memory.look(state, frame, asid);
                if (value != Memory.JUNK) {
                    ledger.launched(state, page, VALUES[value]);
                }
            }
        }
    }

    private void forget(State state) {
        if (!firmware.guests().exists(state, Sev.HANDLE - 1)) {
            for (int page = 0; page < memory.geometry().pages(); page++) {
                ledger.released(state, page);
            }
        }
    }
}
