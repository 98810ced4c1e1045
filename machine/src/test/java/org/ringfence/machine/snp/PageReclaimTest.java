package org.ringfence.machine.snp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.snp.firmware.ConfigureSnp;
import org.ringfence.machine.snp.firmware.SnpCommand;
import org.ringfence.machine.snp.firmware.SnpCommand.OfPlatform.PlatformCommand;
import org.ringfence.machine.snp.rmp.PageState;
import org.ringfence.machine.snp.rmp.RmpFeature;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.state.State;

/** SNP_PAGE_RECLAIM of what has no entry. */
class PageReclaimTest {
    @ParameterizedTest
    @EnumSource(Level.class)
    void aPageBeyondTheRmpIsRefused(Level size) {
        SnpMachine machine = SnpMachine.of(
                new Geometry(2, 4, 2), RmpOptions.least().with(RmpFeature.FIRMWARE).withUncovered(2), 0);
        State state = machine.newState();
        machine.ask(state, SnpMachine.HOST, new ConfigureSnp(true, false));
        assertThat(machine.command(state, new SnpCommand.OfPlatform(PlatformCommand.SNP_INIT)))
                .isEqualTo(SevStatus.SUCCESS);
        assertThat(machine.rmp().pageState(state, 2)).isEqualTo(PageState.DEFAULT);
        State before = state.snapshot();

        assertThat(machine.command(state, new SnpCommand.PageReclaim(new Frame(2), size)))
                .isEqualTo(SevStatus.INVALID_PAGE_STATE);
        assertThat(machine.layout().diff(before, state)).isEmpty();
        assertThat(machine.command(state, new SnpCommand.PageReclaim(new Frame(1), Level.SIZE_4K)))
                .as("a page of the hypervisor's, which has an entry")
                .isEqualTo(SevStatus.SUCCESS);
    }
}
