package org.ringfence.machine.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.snp.firmware.ConfigureSnp;
import org.ringfence.machine.snp.firmware.RawSnpCommand;
import org.ringfence.machine.snp.firmware.SnpCommand.GuestStatus;
import org.ringfence.machine.snp.firmware.SnpCommand.InitEx;
import org.ringfence.machine.snp.firmware.SnpCommand.OfGuest;
import org.ringfence.machine.snp.firmware.SnpCommand.OfGuest.GuestCommand;
import org.ringfence.machine.snp.firmware.SnpCommand.OfPlatform;
import org.ringfence.machine.snp.firmware.SnpCommand.OfPlatform.PlatformCommand;
import org.ringfence.machine.snp.rmp.PageState;
import org.ringfence.machine.snp.rmp.RmpFeature;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.state.State;

/** SNP_INIT_EX and SNP_GUEST_STATUS. Source: SEV firmware, sev_mcmd.c, snp_mcmd_init_common, snp_mcmd_guest_status. */
class InitExTest {
    private static final Frame NONE = new Frame(0);

    private final SnpMachine machine = SnpMachine.of(
            new Geometry(4, 4, 1), RmpOptions.least().withAsids(2, 1).with(RmpFeature.FIRMWARE));
    private final State state = machine.newState();

    InitExTest() {
        machine.ask(state, SnpMachine.HOST, new ConfigureSnp(true, false));
    }

    private SevStatus init(boolean initRmp, int first, int count) {
        return machine.command(state, new InitEx(initRmp, new Frame(first), count));
    }

    private SevStatus platform(PlatformCommand command) {
        return machine.command(state, new OfPlatform(command));
    }

    private void shutdown(PlatformCommand how) {
        for (int core = 0; core < machine.firmware().asids().cores(); core++) {
            machine.firmware().asids().flush(state, core);
        }
        platform(PlatformCommand.SNP_DF_FLUSH);
        assertThat(platform(how)).isEqualTo(SevStatus.SUCCESS);
    }

    private void assign(int frame, int asid, boolean immutable) {
        machine.ask(
                state, SnpMachine.HOST, new Rmpupdate(new Frame(frame), true, 0, Level.SIZE_4K, asid, immutable));
    }

    private PageState page(int frame) {
        return machine.firmware().snp().entryState(state, frame);
    }

    @Test
    void withoutAnRmpThatIsMadeInitRmpIsRequired() {
        assertThat(init(false, 0, 0)).isEqualTo(SevStatus.RMP_INIT_REQUIRED);
        assertThat(SevStatus.RMP_INIT_REQUIRED.number()).isEqualTo(0x20);
        assertThat(init(true, 0, 0)).isEqualTo(SevStatus.SUCCESS);
        assertThat(init(true, 0, 0)).isEqualTo(SevStatus.INVALID_PLATFORM_STATE);
    }

    @Test
    void theRmpOutlivesSnpShutdownAndInitExKeepsIt() {
        init(true, 0, 0);
        assign(2, 1, false);
        shutdown(PlatformCommand.SNP_SHUTDOWN);
        machine.ask(state, SnpMachine.HOST, new ConfigureSnp(true, true));
        assertThat(init(true, 0, 0)).isEqualTo(SevStatus.INVALID_CONFIG);
        assertThat(init(false, 0, 0)).as("VM_HSAVE_PA may be set").isEqualTo(SevStatus.SUCCESS);
        assertThat(page(2)).isEqualTo(PageState.GUEST_INVALID);
    }

    @Test
    void afterShutdownExTheRmpMustBeMadeAnew() {
        init(true, 0, 0);
        assign(2, 1, false);
        shutdown(PlatformCommand.SNP_SHUTDOWN_EX);
        assertThat(init(false, 0, 0)).isEqualTo(SevStatus.RMP_INIT_REQUIRED);
        assertThat(init(true, 0, 0)).isEqualTo(SevStatus.SUCCESS);
        assertThat(page(2)).isEqualTo(PageState.HYPERVISOR);
    }

    @Test
    void whatTheListNamesIsHvFixed() {
        assertThat(init(true, 1, 2)).isEqualTo(SevStatus.SUCCESS);
        assertThat(page(0)).isEqualTo(PageState.HYPERVISOR);
        assertThat(page(1)).isEqualTo(PageState.HV_FIXED);
        assertThat(page(2)).isEqualTo(PageState.HV_FIXED);
        assertThat(page(3)).isEqualTo(PageState.HYPERVISOR);
    }

    @Test
    void aListForAnRmpThatStaysIsInvalidParam() {
        init(true, 0, 0);
        shutdown(PlatformCommand.SNP_SHUTDOWN);
        assertThat(init(false, 1, 1)).isEqualTo(SevStatus.INVALID_PARAM);
        assertThat(machine.command(state, new RawSnpCommand(0x85, 2, 0x1000, 0, 0)))
                .isEqualTo(SevStatus.INVALID_PARAM);
    }

    @Test
    void theRawFormRefusesReservedBits() {
        assertThat(machine.command(state, new RawSnpCommand(0x85, 5, 0, 0, 0))).isEqualTo(SevStatus.INVALID_PARAM);
        assertThat(machine.command(state, new RawSnpCommand(0x85, 1, 0, 1, 0))).isEqualTo(SevStatus.INVALID_PARAM);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> machine.command(state, new RawSnpCommand(0x85, 3, 0x1000, 0, 0)))
                .withMessageContaining("LIST_PADDR_EN");
        assertThat(machine.command(state, new RawSnpCommand(0x85, 1, 0, 0, 0))).isEqualTo(SevStatus.SUCCESS);
    }

    @Test
    void guestStatusIsWrittenToAFirmwarePageOnly() {
        Frame status = new Frame(1);
        assertThat(machine.command(state, new GuestStatus(NONE, status)))
                .isEqualTo(SevStatus.INVALID_PLATFORM_STATE);
        init(true, 0, 0);
        assertThat(machine.command(state, new GuestStatus(NONE, status))).isEqualTo(SevStatus.INVALID_GUEST);
        assign(0, 0, true);
        machine.command(state, new OfGuest(GuestCommand.SNP_GCTX_CREATE, NONE));
        assertThat(machine.command(state, new GuestStatus(NONE, status))).isEqualTo(SevStatus.INVALID_PAGE_STATE);
        assign(1, 0, true);
        assertThat(machine.command(state, new GuestStatus(NONE, status))).isEqualTo(SevStatus.SUCCESS);
    }
}
