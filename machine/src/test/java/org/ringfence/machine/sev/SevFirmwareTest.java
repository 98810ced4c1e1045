package org.ringfence.machine.sev;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.sev.firmware.Asids;
import org.ringfence.machine.sev.firmware.SevCommand.Activate;
import org.ringfence.machine.sev.firmware.SevCommand.LaunchUpdateData;
import org.ringfence.machine.sev.firmware.SevCommand.OfGuest.GuestCommand;
import org.ringfence.machine.sev.firmware.SevCommand.OfPlatform.PlatformCommand;
import org.ringfence.machine.sev.firmware.SevFirmware;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.state.State;

/** The firmware's commands without an RMP answer what the firmware answers, and the order of ASID reuse is kept. */
class SevFirmwareTest {
    private final SevMachine machine = SevMachine.of(Guards.allOn());

    private void flushed() {
        machine.wbinvdEverywhere();
        assertThat(machine.platform(PlatformCommand.DF_FLUSH)).isEqualTo(SevStatus.SUCCESS);
    }

    private void launched(int asid) {
        machine.platform(PlatformCommand.INIT);
        flushed();
        machine.platform(PlatformCommand.LAUNCH_START);
        assertThat(machine.ask(new Activate(1, asid))).isEqualTo(SevStatus.SUCCESS);
    }

    private void running(int asid) {
        launched(asid);
        machine.guest(GuestCommand.LAUNCH_MEASURE, 1);
        assertThat(machine.guest(GuestCommand.LAUNCH_FINISH, 1)).isEqualTo(SevStatus.SUCCESS);
    }

    /** The status of the last of some commands that are refused for another reason each. */
    private void refused(SevStatus expected, SevStatus actual) {
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void afterInitEveryAsidNeedsAFlush() {
        machine.platform(PlatformCommand.INIT);
        machine.platform(PlatformCommand.LAUNCH_START);

        refused(SevStatus.DF_FLUSH_REQUIRED, machine.ask(new Activate(1, 1)));
        flushed();
        refused(SevStatus.SUCCESS, machine.ask(new Activate(1, 1)));
    }

    @Test
    void anAsidIsReusedAfterDeactivateWbinvdEverywhereAndDfFlushOnly() {
        running(2);
        machine.guest(GuestCommand.DEACTIVATE, 1);

        refused(SevStatus.DF_FLUSH_REQUIRED, machine.ask(new Activate(1, 2)));
        refused(SevStatus.WBINVD_REQUIRED, machine.platform(PlatformCommand.DF_FLUSH));
        machine.wbinvd(0);
        machine.wbinvd(1);
        machine.wbinvd(2);
        refused(SevStatus.WBINVD_REQUIRED, machine.platform(PlatformCommand.DF_FLUSH));
        machine.wbinvd(3);
        refused(SevStatus.DF_FLUSH_REQUIRED, machine.ask(new Activate(1, 2)));
        refused(SevStatus.SUCCESS, machine.platform(PlatformCommand.DF_FLUSH));
        refused(SevStatus.SUCCESS, machine.ask(new Activate(1, 2)));
    }

    @Test
    void wbinvdBeforeDeactivateDoesNotCount() {
        running(2);
        machine.wbinvdEverywhere();
        machine.guest(GuestCommand.DEACTIVATE, 1);

        refused(SevStatus.WBINVD_REQUIRED, machine.platform(PlatformCommand.DF_FLUSH));
    }

    @Test
    void aComplexThatIsFlushedIsCleanThoughAnotherMakesTheCommandFail() {
        running(2);
        machine.guest(GuestCommand.DEACTIVATE, 1);
        machine.wbinvd(0);
        machine.wbinvd(1);

        machine.platform(PlatformCommand.DF_FLUSH);

        assertThat(machine.parts().asids().dirty().get(machine.state(), 1)).isEqualTo(0b10);
        assertThat(machine.parts().asids().clean().get(machine.state(), 1)).isEqualTo(0b01);
    }

    @Test
    void aGuestThatNeverRanLeavesItsAsidClean() {
        launched(2);
        machine.guest(GuestCommand.DEACTIVATE, 1);

        refused(SevStatus.SUCCESS, machine.ask(new Activate(1, 2)));
    }

    @Test
    void ownershipOfTheAsidIsLookedAtBeforeTheGuest() {
        running(2);

        refused(SevStatus.ASID_OWNED, machine.ask(new Activate(1, 2)));
        refused(SevStatus.ACTIVE, machine.ask(new Activate(1, 3)));
        refused(SevStatus.INVALID_ASID, machine.ask(new Activate(1, 0)));
        refused(SevStatus.INVALID_ASID, machine.ask(new Activate(1, 4)));
        refused(SevStatus.INVALID_GUEST, machine.ask(new Activate(2, 1)));
    }

    @Test
    void theLifeOfAGuestIsKeptInOrder() {
        refused(SevStatus.INVALID_PLATFORM_STATE, machine.platform(PlatformCommand.LAUNCH_START));
        refused(SevStatus.SUCCESS, machine.platform(PlatformCommand.INIT));
        refused(SevStatus.INVALID_PLATFORM_STATE, machine.platform(PlatformCommand.INIT));
        refused(SevStatus.INVALID_PLATFORM_STATE, machine.guest(GuestCommand.DECOMMISSION, 1));
        flushed();
        machine.platform(PlatformCommand.LAUNCH_START);
        refused(SevStatus.INACTIVE, machine.guest(GuestCommand.DEACTIVATE, 1));
        refused(SevStatus.INVALID_GUEST_STATE, machine.guest(GuestCommand.LAUNCH_FINISH, 1));
        machine.ask(new Activate(1, 1));
        refused(SevStatus.ACTIVE, machine.guest(GuestCommand.DECOMMISSION, 1));
        machine.guest(GuestCommand.LAUNCH_MEASURE, 1);
        refused(SevStatus.INVALID_GUEST_STATE, machine.guest(GuestCommand.LAUNCH_MEASURE, 1));
        machine.platform(PlatformCommand.LAUNCH_START);
        refused(SevStatus.RESOURCE_LIMIT, machine.platform(PlatformCommand.LAUNCH_START));
        machine.guest(GuestCommand.DEACTIVATE, 1);
        refused(SevStatus.SUCCESS, machine.guest(GuestCommand.DECOMMISSION, 1));
        assertThat(machine.parts().firmware().platform().get(machine.state()))
                .isEqualTo(SevFirmware.Platform.WORKING);
        machine.guest(GuestCommand.DECOMMISSION, 2);
        assertThat(machine.parts().firmware().platform().get(machine.state())).isEqualTo(SevFirmware.Platform.INIT);
    }

    @Test
    void launchUpdateDataEncryptsInPlaceAndChecksItsOperands() {
        launched(2);
        Memory memory = machine.parts().memory();
        State state = machine.state();
        memory.write(state, 1, Value.LAUNCH, 0);

        refused(SevStatus.INVALID_ADDRESS, machine.ask(new LaunchUpdateData(1, new Frame(1), 8, 16)));
        refused(SevStatus.INVALID_LENGTH, machine.ask(new LaunchUpdateData(1, new Frame(1), 0, 0)));
        refused(SevStatus.INVALID_LENGTH, machine.ask(new LaunchUpdateData(1, new Frame(1), 0, 17)));
        refused(SevStatus.SUCCESS, machine.ask(new LaunchUpdateData(1, new Frame(1), 0, 0x1000)));

        assertThat(memory.read(state, 1, 2)).isEqualTo(Value.LAUNCH.ordinal());
        assertThat(memory.read(state, 1, 0)).isEqualTo(Memory.JUNK);
        refused(SevStatus.SUCCESS, machine.ask(new LaunchUpdateData(1, new Frame(1), 0, 0x1000)));
        assertThat(memory.read(state, 1, 2)).as("encrypted twice").isEqualTo(Memory.JUNK);
        machine.guest(GuestCommand.LAUNCH_MEASURE, 1);
        refused(SevStatus.INVALID_GUEST_STATE, machine.ask(new LaunchUpdateData(1, new Frame(1), 0, 0x1000)));
    }

    @Test
    void onlyTheCheckOfPageStatesKeepsLaunchUpdateDataOffThePagesOfOthers() {
        for (Guards guards : List.of(Guards.allOn(), Guards.without(SevGuard.LAUNCH_UPDATE_PAGE_IS_FIRMWARES))) {
            SevMachine shared = SevMachine.of(guards);
            SevFirmware firmware = shared.parts().firmware();
            Memory memory = shared.parts().memory();
            shared.platform(PlatformCommand.INIT);
            shared.wbinvdEverywhere();
            shared.platform(PlatformCommand.DF_FLUSH);
            shared.platform(PlatformCommand.LAUNCH_START);
            shared.ask(new Activate(1, 1));
            memory.write(shared.state(), 1, Value.DATA, 3);

            SevStatus status = firmware.launchUpdateData(
                    shared.state(), 1, 1, 0, 0x1000, Optional.of((state, frame) -> frame == 0));

            boolean checked = !guards.anyOff();
            assertThat(status).isEqualTo(checked ? SevStatus.INVALID_PAGE_STATE : SevStatus.SUCCESS);
            assertThat(memory.read(shared.state(), 1, 3) == Value.DATA.ordinal()).isEqualTo(checked);
        }
    }

    @Test
    void launchUpdateDataNeedsAnAsid() {
        machine.platform(PlatformCommand.INIT);
        machine.platform(PlatformCommand.LAUNCH_START);

        refused(SevStatus.INACTIVE, machine.ask(new LaunchUpdateData(1, new Frame(0), 0, 0x1000)));
    }

    @Test
    void shutdownForgetsEveryGuestAndTheNextInitNeedsAFlushAnew() {
        running(2);

        refused(SevStatus.SUCCESS, machine.platform(PlatformCommand.SHUTDOWN));
        refused(SevStatus.SUCCESS, machine.platform(PlatformCommand.INIT));
        machine.platform(PlatformCommand.LAUNCH_START);
        refused(SevStatus.DF_FLUSH_REQUIRED, machine.ask(new Activate(1, 1)));
    }

    @Test
    void withoutTheCheckOfCleannessAnAsidIsReusedAtOnce() {
        SevMachine unguarded = SevMachine.of(Guards.without(SevGuard.ACTIVATE_ASID_IS_CLEAN));
        unguarded.platform(PlatformCommand.INIT);
        unguarded.platform(PlatformCommand.LAUNCH_START);

        refused(SevStatus.SUCCESS, unguarded.ask(new Activate(1, 1)));
    }

    @Test
    void inEachComplexAnAsidIsExactlyOneOfCleanAllocatedInUseAndDirty() {
        java.util.Random random = new java.util.Random(7);
        machine.platform(PlatformCommand.INIT);
        Set<SevStatus> seen = EnumSet.noneOf(SevStatus.class);
        for (int i = 0; i < 20_000; i++) {
            int handle = 1 + random.nextInt(2);
            seen.add(
                    switch (random.nextInt(8)) {
                        case 0 -> machine.platform(PlatformCommand.LAUNCH_START);
                        case 1, 2 -> machine.ask(new Activate(handle, random.nextInt(5)));
                        case 3 -> machine.guest(GuestCommand.DEACTIVATE, handle);
                        case 4 -> machine.platform(PlatformCommand.DF_FLUSH);
                        case 5 -> {
                            machine.wbinvd(random.nextInt(4));
                            yield SevStatus.SUCCESS;
                        }
                        case 6 -> machine.guest(GuestCommand.values()[1 + random.nextInt(3)], handle);
                        default -> machine.guest(GuestCommand.LAUNCH_FINISH, handle);
                    });
            Asids asids = machine.parts().asids();
            for (int asid = 0; asid < 3; asid++) {
                State state = machine.state();
                long clean = asids.clean().get(state, asid);
                long allocated = asids.allocated().get(state, asid);
                long inUse = asids.inUse().get(state, asid);
                long dirty = asids.dirty().get(state, asid);
                assertThat(clean + allocated + inUse + dirty).isEqualTo(0b11);
                assertThat(clean | allocated | inUse | dirty).isEqualTo(0b11);
            }
        }
        assertThat(seen)
                .contains(
                        SevStatus.SUCCESS,
                        SevStatus.ASID_OWNED,
                        SevStatus.ACTIVE,
                        SevStatus.INACTIVE,
                        SevStatus.INVALID_ASID,
                        SevStatus.DF_FLUSH_REQUIRED,
                        SevStatus.WBINVD_REQUIRED,
                        SevStatus.INVALID_GUEST,
                        SevStatus.INVALID_GUEST_STATE,
                        SevStatus.RESOURCE_LIMIT);
    }
}
