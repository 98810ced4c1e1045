package org.ringfence.machine.snp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.sev.Wbinvd;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.snp.firmware.ConfigureSnp;
import org.ringfence.machine.snp.firmware.SnpCommand;
import org.ringfence.machine.snp.firmware.SnpCommand.Metadata;
import org.ringfence.machine.snp.firmware.SnpCommand.OfGuest.GuestCommand;
import org.ringfence.machine.snp.firmware.SnpCommand.OfPlatform.PlatformCommand;
import org.ringfence.machine.snp.firmware.SnpFirmware.PageType;
import org.ringfence.machine.snp.firmware.SwapType;
import org.ringfence.machine.snp.rmp.PageState;
import org.ringfence.machine.snp.rmp.RmpFeature;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.snp.rmp.RmpupdateResult;
import org.ringfence.machine.state.State;

/** Where metadata entries go, and for whom they are. */
class FirmwareSwapTest {
    private static final Frame CONTEXT = new Frame(0);
    private static final Frame METADATA = new Frame(1);
    private static final Frame PAGE = new Frame(2);
    private static final Frame OUT = new Frame(3);
    private static final Frame METADATA_OUT = new Frame(4);
    private static final Frame OTHER = new Frame(5);
    private static final long POLICY = SnpCommand.LaunchStart.LEAST_POLICY;

    private final SnpMachine machine = SnpMachine.of(
            new Geometry(2, 6, 1), RmpOptions.least().with(RmpFeature.FIRMWARE).withAsids(2, 1), 0);
    private final State state = machine.newState();

    @BeforeEach
    void swapAPageOut() {
        machine.ask(state, SnpMachine.HOST, new ConfigureSnp(true, false));
        done(new SnpCommand.OfPlatform(PlatformCommand.SNP_INIT));
        flush();
        launch();
        firmwarePage(METADATA);
        done(new SnpCommand.MdInit(CONTEXT, METADATA));
        machine.memory().write(state, PAGE.index(), Value.LAUNCH, 0);
        preGuest(PAGE);
        done(new SnpCommand.LaunchUpdate(CONTEXT, PAGE, Level.SIZE_4K, PageType.NORMAL, 0));
        preGuest(PAGE);
        firmwarePage(OUT);
        firmwarePage(METADATA_OUT);
        firmwarePage(OTHER);
    }

    @Test
    void anEntryComesBackWithItsMetadataPageAndIsNotInTheFrameItWasIn() {
        done(new SnpCommand.SwapOut(CONTEXT, PAGE, OUT, Metadata.in(METADATA), Level.SIZE_4K, SwapType.DATA));
        done(new SnpCommand.SwapOut(
                CONTEXT, METADATA, METADATA_OUT, Metadata.ROOT, Level.SIZE_4K, SwapType.METADATA));
        done(new SnpCommand.MdInit(CONTEXT, METADATA));
        assertThat(in(Metadata.in(METADATA))).isEqualTo(SevStatus.INVALID_MDATA_ENTRY);

        done(new SnpCommand.SwapIn(
                CONTEXT, METADATA_OUT, OTHER, Metadata.ROOT, Level.SIZE_4K, SwapType.METADATA, false));
        assertThat(in(Metadata.in(OTHER))).isEqualTo(SevStatus.SUCCESS);
        assertThat(machine.rmp().pageState(state, PAGE.index())).isEqualTo(PageState.PRE_SWAP);
        assertThat(in(Metadata.in(OTHER))).isEqualTo(SevStatus.INVALID_MDATA_ENTRY);
    }

    @Test
    void anEntryMovesWithItsMetadataPage() {
        done(new SnpCommand.SwapOut(CONTEXT, PAGE, OUT, Metadata.in(METADATA), Level.SIZE_4K, SwapType.DATA));
        done(new SnpCommand.PageMove(CONTEXT, METADATA, OTHER, Level.SIZE_4K));
        assertThat(in(Metadata.in(OTHER))).isEqualTo(SevStatus.SUCCESS);
    }

    @Test
    void whatAGuestHasSwappedOutDoesNotComeBackToTheNextOne() {
        done(new SnpCommand.SwapOut(CONTEXT, PAGE, OUT, Metadata.ROOT, Level.SIZE_4K, SwapType.DATA));
        relaunch();
        assertThat(in(Metadata.ROOT)).isEqualTo(SevStatus.INVALID_MDATA_ENTRY);
    }

    @Test
    void anEntryInAMetadataPageThatTheNextGuestInheritsIsUnderAnotherKey() {
        done(new SnpCommand.SwapOut(CONTEXT, PAGE, OUT, Metadata.in(METADATA), Level.SIZE_4K, SwapType.DATA));
        relaunch();
        assertThat(in(Metadata.in(METADATA))).isEqualTo(SevStatus.BAD_MEASUREMENT);
    }

    private SevStatus in(Metadata metadata) {
        return machine.command(
                state,
                new SnpCommand.SwapIn(CONTEXT, OUT, PAGE, metadata, Level.SIZE_4K, SwapType.DATA, false));
    }

    private void launch() {
        firmwarePage(CONTEXT);
        done(new SnpCommand.OfGuest(GuestCommand.SNP_GCTX_CREATE, CONTEXT));
        done(new SnpCommand.LaunchStart(CONTEXT, POLICY));
        done(new SnpCommand.Activate(CONTEXT, 1));
    }

    /** The guest goes, and another one gets its context page and its ASID. */
    private void relaunch() {
        done(new SnpCommand.OfGuest(GuestCommand.SNP_DECOMMISSION, CONTEXT));
        done(new SnpCommand.PageReclaim(PAGE, Level.SIZE_4K));
        machine.ask(state, SnpMachine.HOST, Rmpupdate.release(PAGE, Level.SIZE_4K));
        flush();
        done(new SnpCommand.PageReclaim(CONTEXT, Level.SIZE_4K));
        machine.ask(state, SnpMachine.HOST, Rmpupdate.release(CONTEXT, Level.SIZE_4K));
        launch();
        preGuest(PAGE);
    }

    private void flush() {
        for (int core = 0; core < machine.firmware().asids().cores(); core++) {
            machine.ask(state, SnpMachine.HOST, new Wbinvd(core));
        }
        done(new SnpCommand.OfPlatform(PlatformCommand.SNP_DF_FLUSH));
    }

    private void firmwarePage(Frame frame) {
        updated(new Rmpupdate(frame, true, 0, Level.SIZE_4K, 0, true));
    }

    private void preGuest(Frame frame) {
        updated(new Rmpupdate(frame, true, 0, Level.SIZE_4K, 1, true));
    }

    private void updated(Rmpupdate update) {
        assertThat(machine.ask(state, SnpMachine.HOST, update)).isEqualTo(RmpupdateResult.SUCCESS.ordinal());
    }

    private void done(Operation<SevStatus> command) {
        assertThat(machine.command(state, command)).as(command.toString()).isEqualTo(SevStatus.SUCCESS);
    }
}
