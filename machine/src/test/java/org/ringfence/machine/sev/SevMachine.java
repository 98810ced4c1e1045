package org.ringfence.machine.sev;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.sev.firmware.Asids;
import org.ringfence.machine.sev.firmware.SevCommand;
import org.ringfence.machine.sev.firmware.SevCommand.OfGuest;
import org.ringfence.machine.sev.firmware.SevCommand.OfGuest.GuestCommand;
import org.ringfence.machine.sev.firmware.SevCommand.OfPlatform;
import org.ringfence.machine.sev.firmware.SevCommand.OfPlatform.PlatformCommand;
import org.ringfence.machine.sev.firmware.SevFirmware;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/** A machine with the SEV firmware, 2 CCXs of 2 cores and 3 ASIDs, as tests use it. */
record SevMachine(Layout layout, Parts parts, State state) {
    static final Actor HOST = new Actor(0, Principal.HOST, "host");

    record Parts(Memory memory, Asids asids, SevFirmware firmware) {
        static Parts declare(Declaration declaration, Geometry geometry, Guards guards) {
            Memory memory = Memory.declare(declaration, geometry, 3);
            Asids asids = Asids.declare(declaration, 3, 2, 2, guards);
            return new Parts(memory, asids, SevFirmware.declare(declaration, memory, asids, 2, guards));
        }
    }

    static SevMachine of(Guards guards) {
        Geometry geometry = new Geometry(2, 3, 1);
        Layout.Placed<Parts> placed = Layout.of(
                Layout.Storage.PACKED,
                geometry.frames(),
                1,
                declaration -> Parts.declare(declaration, geometry, guards));
        return new SevMachine(placed.layout(), placed.machine(), placed.layout().newState());
    }

    SevStatus ask(SevCommand command) {
        return SevStatus.values()[(int) on(command)];
    }

    SevStatus platform(PlatformCommand command) {
        return ask(new OfPlatform(command));
    }

    SevStatus guest(GuestCommand command, int handle) {
        return ask(new OfGuest(command, handle));
    }

    void wbinvd(int core) {
        on(new Wbinvd(core));
    }

    void wbinvdEverywhere() {
        for (int core = 0; core < parts.asids().cores(); core++) {
            wbinvd(core);
        }
    }

    private long on(Operation<?> operation) {
        return operation.on(Machine.of(parts.memory(), parts.asids(), parts.firmware()), HOST)
                .take(state);
    }
}
