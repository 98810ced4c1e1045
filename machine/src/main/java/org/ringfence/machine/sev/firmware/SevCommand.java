package org.ringfence.machine.sev.firmware;

import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.HostLedger;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/**
 * A command that the host puts into the mailbox of the SEV firmware, for guests without an RMP. A handle is the number
 * that LAUNCH_START gave the guest, from 1.
 */
public sealed interface SevCommand extends Operation<SevStatus> {

    /** What the firmware does, and answers. */
    SevStatus perform(State state, SevFirmware firmware, Optional<FirmwarePages> pages);

    @Override
    default Results<SevStatus> results() {
        return new Results.Closed<>(SevStatus.class);
    }

    @Override
    default Step on(Machine machine, Actor actor) {
        SevFirmware firmware = machine.part(SevFirmware.class);
        Optional<FirmwarePages> pages = machine.find(FirmwarePages.class);
        Optional<LaunchedPages> launched = LaunchedPages.of(machine);
        Optional<HostLedger> host = machine.find(HostLedger.class);
        return state -> {
            SevStatus status = perform(state, firmware, pages);
            if (launched.isPresent() && status == SevStatus.SUCCESS) {
                launched.get().after(state, this);
            }
            if (host.isPresent() && status == SevStatus.SUCCESS) {
                giveUp(state, host.get());
            }
            return status.ordinal();
        };
    }

    /** The host expects nothing any more of what it hands to the firmware. */
    default void giveUp(State state, HostLedger ledger) {}

    /** A command without arguments. */
    record OfPlatform(PlatformCommand kind) implements SevCommand {

        /** Which. */
        public enum PlatformCommand {
            INIT,
            SHUTDOWN,
            DF_FLUSH,
            LAUNCH_START
        }

        @Override
        public SevStatus perform(State state, SevFirmware firmware, Optional<FirmwarePages> pages) {
            return switch (kind) {
                case INIT -> firmware.init(state);
                case SHUTDOWN -> firmware.shutdown(state);
                case DF_FLUSH -> firmware.dfFlush(state);
                case LAUNCH_START -> firmware.launchStart(state);
            };
        }

        @Override
        public String mnemonic() {
            return kind.name();
        }
    }

    /** ACTIVATE. */
    record Activate(int handle, int asid) implements SevCommand {
        @Override
        public SevStatus perform(State state, SevFirmware firmware, Optional<FirmwarePages> pages) {
            return firmware.activate(state, handle, asid);
        }

        @Override
        public String mnemonic() {
            return "ACTIVATE";
        }
    }

    /** A command about a guest and nothing else. */
    record OfGuest(GuestCommand kind, int handle) implements SevCommand {

        /** Which. */
        public enum GuestCommand {
            DEACTIVATE,
            DECOMMISSION,
            LAUNCH_MEASURE,
            LAUNCH_FINISH
        }

        @Override
        public SevStatus perform(State state, SevFirmware firmware, Optional<FirmwarePages> pages) {
            return switch (kind) {
                case DEACTIVATE -> firmware.deactivate(state, handle);
                case DECOMMISSION -> firmware.decommission(state, handle);
                case LAUNCH_MEASURE -> firmware.launchMeasure(state, handle);
                case LAUNCH_FINISH -> firmware.launchFinish(state, handle);
            };
        }

        @Override
        public String mnemonic() {
            return kind.name();
        }
    }

    /**
     * LAUNCH_UPDATE_DATA.
     *
     * @param frame where the data begins
     * @param offset bytes into that frame
     * @param length bytes
     */
    record LaunchUpdateData(int handle, Frame frame, int offset, long length) implements SevCommand {
        @Override
        public SevStatus perform(State state, SevFirmware firmware, Optional<FirmwarePages> pages) {
            return firmware.launchUpdateData(state, handle, frame.index(), offset, length, pages);
        }

        @Override
        public void giveUp(State state, HostLedger ledger) {
            for (int i = 0; i <= (offset + length - 1) / Geometry.SMALL; i++) {
                ledger.givenUp(state, frame.index() + i);
            }
        }

        @Override
        public String mnemonic() {
            return "LAUNCH_UPDATE_DATA";
        }
    }
}
