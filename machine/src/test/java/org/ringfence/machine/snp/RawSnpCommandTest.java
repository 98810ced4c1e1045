package org.ringfence.machine.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.snp.firmware.ConfigureSnp;
import org.ringfence.machine.snp.firmware.RawSnpCommand;
import org.ringfence.machine.snp.firmware.SnpCommand.OfPlatform;
import org.ringfence.machine.snp.firmware.SnpCommand.OfPlatform.PlatformCommand;
import org.ringfence.machine.snp.rmp.RmpFeature;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.state.State;

/** The firmware's commands as they lie in their buffers: what only a buffer can say. Source: sev_mcmd.c. */
class RawSnpCommandTest {
    private static final int GCTX_CREATE = 0x93;
    private static final int GUEST_STATUS = 0x92;
    private static final int LAUNCH_UPDATE = 0xA1;
    private static final int RECLAIM = 0xC7;

    private final SnpMachine machine = SnpMachine.of(
            new Geometry(4, 4, 1), RmpOptions.least().withAsids(2, 1).with(RmpFeature.FIRMWARE));
    private final State state = machine.newState();

    RawSnpCommandTest() {
        machine.ask(state, SnpMachine.HOST, new ConfigureSnp(true, false));
        ask(new OfPlatform(PlatformCommand.SNP_INIT));
        for (int frame = 0; frame < 2; frame++) {
            machine.ask(state, SnpMachine.HOST, new Rmpupdate(new Frame(frame), true, 0, Level.SIZE_4K, 0, true));
        }
    }

    private SevStatus ask(Operation<SevStatus> command) {
        return machine.command(state, command);
    }

    private SevStatus raw(int id, long word0, long word1, long word2, long word3) {
        return ask(new RawSnpCommand(id, word0, word1, word2, word3));
    }

    @Test
    void reservedBitsAreInvalidParam() {
        assertThat(raw(GCTX_CREATE, 0x8, 0, 0, 0)).isEqualTo(SevStatus.INVALID_PARAM);
        assertThat(raw(RECLAIM, 0x1002, 0, 0, 0)).isEqualTo(SevStatus.INVALID_PARAM);
        assertThat(raw(LAUNCH_UPDATE, 0, 1L << 5, 0x2000, 0)).isEqualTo(SevStatus.INVALID_PARAM);
        assertThat(raw(LAUNCH_UPDATE, 0, 1L << 32, 0x2000, 0)).isEqualTo(SevStatus.INVALID_PARAM);
        assertThat(raw(LAUNCH_UPDATE, 0, 2, 0x2000, 1)).isEqualTo(SevStatus.INVALID_PARAM);
        assertThat(raw(LAUNCH_UPDATE, 0, 2, 0x2000, 1L << 32)).isEqualTo(SevStatus.INVALID_PARAM);
    }

    @Test
    void aPageTypeThatIsNoneIsToldAfterTheStateOfThePage() {
        assertThat(raw(GCTX_CREATE, 0, 0, 0, 0)).isEqualTo(SevStatus.SUCCESS);
        assertThat(raw(LAUNCH_UPDATE, 0, 7 << 1, 0x2000, 0)).isEqualTo(SevStatus.INVALID_PAGE_STATE);
        machine.ask(state, SnpMachine.HOST, new Rmpupdate(new Frame(2), true, 0, Level.SIZE_4K, 1, true));
        assertThat(raw(LAUNCH_UPDATE, 0, 7 << 1, 0x2000, 0)).isEqualTo(SevStatus.INVALID_PARAM);
        assertThat(raw(LAUNCH_UPDATE, 0, 0, 0x2000, 0)).isEqualTo(SevStatus.INVALID_PARAM);
        assertThat(raw(LAUNCH_UPDATE, 0, 1 << 1, 0x2000, 0)).isEqualTo(SevStatus.INVALID_GUEST_STATE);
    }

    @Test
    void addressesBeyondMemoryAreRefused() {
        assertThat(raw(RECLAIM, 1L << 40, 0, 0, 0)).isEqualTo(SevStatus.INVALID_ADDRESS);
        assertThat(raw(GCTX_CREATE, 1L << 40, 0, 0, 0)).isEqualTo(SevStatus.INVALID_PAGE_STATE);
        assertThat(raw(LAUNCH_UPDATE, 1L << 40, 2, 0x2000, 0)).isEqualTo(SevStatus.INVALID_GUEST);
        raw(GCTX_CREATE, 0, 0, 0, 0);
        assertThat(raw(LAUNCH_UPDATE, 0, 2, 1L << 40, 0)).isEqualTo(SevStatus.INVALID_PAGE_STATE);
    }

    @Test
    void guestStatusWritesToAFirmwarePageWithinThatPage() {
        raw(GCTX_CREATE, 0, 0, 0, 0);
        assertThat(raw(GUEST_STATUS, 0, 0x1FE8, 0, 0)).isEqualTo(SevStatus.INVALID_PARAM);
        assertThat(raw(GUEST_STATUS, 0, 0x3000, 0, 0)).isEqualTo(SevStatus.INVALID_PAGE_STATE);
        assertThat(raw(GUEST_STATUS, 0x1000, 0x1000, 0, 0)).isEqualTo(SevStatus.INVALID_GUEST);
        assertThat(raw(GUEST_STATUS, 0, 0x1FE0, 0, 0)).isEqualTo(SevStatus.SUCCESS);
    }

    @Test
    void aCommandWithoutARawFormIsTold() {
        assertThatIllegalArgumentException().isThrownBy(() -> raw(0xC0, 0, 0, 0, 0))
                .withMessageContaining("SNP_PAGE_RECLAIM (0xC7)");
    }
}
