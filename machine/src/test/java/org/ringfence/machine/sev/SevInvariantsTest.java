package org.ringfence.machine.sev;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.CacheOptions;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.sev.firmware.Asids;
import org.ringfence.machine.sev.firmware.SevCommand.Activate;
import org.ringfence.machine.sev.firmware.SevCommand.LaunchUpdateData;
import org.ringfence.machine.sev.firmware.SevCommand.OfGuest;
import org.ringfence.machine.sev.firmware.SevCommand.OfGuest.GuestCommand;
import org.ringfence.machine.sev.firmware.SevCommand.OfPlatform;
import org.ringfence.machine.sev.firmware.SevCommand.OfPlatform.PlatformCommand;
import org.ringfence.machine.sev.firmware.SevFirmware;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.sev.law.AsidsHaveOneGuest;
import org.ringfence.machine.sev.law.CleanAsidsAreGone;
import org.ringfence.machine.sev.law.NothingIsForged;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/** Each invariant of SEV is broken by a state that breaks its promise, and by no other that the firmware leads to. */
class SevInvariantsTest {
    private static final Geometry GEOMETRY = new Geometry(1, 2, 1);

    private final Layout.Placed<Machine> placed = Layout.of(Layout.Storage.PACKED, 2, 1, declaration -> {
        MemoryOptions options = MemoryOptions.plain(2).with(CacheOptions.everyLine(2)).withKeyChanges(2);
        Memory memory = Memory.declare(declaration, GEOMETRY, options);
        Asids asids = Asids.declare(declaration, 2, 2, 1, Guards.allOn());
        SevFirmware firmware = SevFirmware.declare(declaration, memory, asids, 2, Guards.allOn());
        Cpus cpus = Cpus.declare(declaration, 1, 0);
        return Machine.of(
                memory,
                asids,
                firmware,
                Sev.declare(declaration, GEOMETRY, cpus, 0, Optional.of(firmware)),
                Ledger.declare(declaration, GEOMETRY.pages()));
    });
    private final Machine machine = placed.machine();
    private final State state = placed.layout().newState();
    private final SevFirmware firmware = machine.part(SevFirmware.class);
    private final Memory memory = machine.part(Memory.class);
    private final Ledger ledger = machine.part(Ledger.class);
    private final AsidsHaveOneGuest oneGuest = new AsidsHaveOneGuest(firmware);
    private final CleanAsidsAreGone gone = new CleanAsidsAreGone(memory, firmware.asids());
    private final NothingIsForged forged = new NothingIsForged(machine.part(Sev.class), memory, ledger);

    private long on(Operation<?> operation) {
        return operation.on(machine, SevMachine.HOST).take(state);
    }

    private void flush() {
        on(new Wbinvd(0));
        on(new Wbinvd(1));
        on(new OfPlatform(PlatformCommand.DF_FLUSH));
    }

    @BeforeEach
    void measuredGuest() {
        machine.part(Sev.class).npt().map(state, 0, 0, Level.SIZE_4K);
        on(new OfPlatform(PlatformCommand.INIT));
        flush();
        on(new OfPlatform(PlatformCommand.LAUNCH_START));
        on(new Activate(1, 1));
        on(new HostStore(new Frame(0), Value.HOST));
        on(new LaunchUpdateData(1, new Frame(0), 0, 0x1000));
        on(new OfGuest(GuestCommand.LAUNCH_MEASURE, 1));
        on(new OfGuest(GuestCommand.LAUNCH_FINISH, 1));
    }

    private boolean isBroken(Invariant invariant) {
        return invariant.property().isBrokenIn(invariant.judge(state));
    }

    @Test
    void aLaunchedGuestBreaksNone() {
        assertThat(isBroken(oneGuest) || isBroken(gone) || isBroken(forged)).isFalse();
        assertThat(ledger.put().has(state, 0, Value.HOST.ordinal())).as("what was measured is owed").isTrue();
    }

    @Test
    void theFirmwareEvictsWhatItEncryptsSoThatThePlaintextIsNotWrittenBackOverIt() {
        for (int slot = 0; slot < memory.caches().slots(); slot++) {
            if (memory.caches().isUsed(state, slot)) {
                memory.caches().evict(state, slot);
            }
        }
        assertThat(memory.read(state, 0, 1)).isEqualTo(Value.HOST.ordinal());
    }

    @Test
    void anAsidOfTwoGuestsOrOfNoneBreaksTheAccount() {
        firmware.guests().asid().set(state, 1, 1);
        assertThat(isBroken(oneGuest)).isTrue();
        firmware.guests().asid().set(state, 1, 0);
        assertThat(isBroken(oneGuest)).isFalse();
        firmware.guests().asid().set(state, 0, 0);
        assertThat(isBroken(oneGuest)).isTrue();
        assertThat(oneGuest.hurt(state)).startsWith("ASID 1");
    }

    @Test
    void aPlatformThatWorksWithoutGuestsBreaksTheAccount() {
        firmware.platform().set(state, SevFirmware.Platform.INIT);
        assertThat(isBroken(oneGuest)).isTrue();
        assertThat(oneGuest.hurt(state)).startsWith("the platform's state");
    }

    @Test
    void aLineUnderACleanAsidBreaksIntegrity() {
        memory.store(state, 1, 1, Value.DATA, 2);
        assertThat(isBroken(gone)).isTrue();
        on(new Wbinvd(0));
        assertThat(isBroken(gone)).as("it is in the cache of the other CCX").isTrue();
        on(new Wbinvd(1));
        assertThat(isBroken(gone)).isFalse();
    }

    @Test
    void whatTheHostWroteUnderTheGuestsKeyBreaksIntegrityUnlessItWasMeasured() {
        memory.write(state, 0, Value.DATA, 1);
        ledger.released(state, 0);
        ledger.stored(state, 0, Value.DATA);
        assertThat(isBroken(forged)).isFalse();
        memory.write(state, 0, Value.HOST, 1);
        assertThat(isBroken(forged)).isTrue();
        assertThat(forged.hurt(state)).isEqualTo("GPA 0x0 reads as what the host wrote");
    }

    @Test
    void aGuestKeepsItsKeyUnderAnotherAsid() {
        on(new OfGuest(GuestCommand.DEACTIVATE, 1));
        flush();
        on(new Activate(1, 2));
        assertThat(memory.read(state, 0, 2)).isEqualTo(Value.HOST.ordinal());
        assertThat(isBroken(oneGuest)).isFalse();
    }

    @Test
    void theNextGuestWithAHandleHasAnotherKeyAndIsOwedNothing() {
        on(new OfGuest(GuestCommand.DEACTIVATE, 1));
        on(new OfGuest(GuestCommand.DECOMMISSION, 1));
        assertThat(ledger.put().get(state, 0)).isZero();
        flush();
        on(new OfPlatform(PlatformCommand.LAUNCH_START));
        on(new Activate(1, 1));
        assertThat(memory.read(state, 0, 1)).isEqualTo(Memory.JUNK);
    }

    @Test
    void aLineThatOutlivesItsGuestIsWrittenBackUnderNoKeyThatAnyoneHas() {
        memory.store(state, 0, 0, Value.DATA, 1);
        on(new OfGuest(GuestCommand.DEACTIVATE, 1));
        on(new OfGuest(GuestCommand.DECOMMISSION, 1));
        flush();
        on(new OfPlatform(PlatformCommand.LAUNCH_START));
        on(new Activate(1, 1));
        assertThat(memory.read(state, 0, 1)).isEqualTo(Memory.JUNK);
    }

    @Test
    void dataBeyondMemoryIsRefused() {
        on(new OfPlatform(PlatformCommand.LAUNCH_START));
        on(new Activate(2, 2));
        assertThat(SevStatus.values()[(int) on(new LaunchUpdateData(2, new Frame(1), 0, 0x1010))])
                .isEqualTo(SevStatus.INVALID_ADDRESS);
    }
}
