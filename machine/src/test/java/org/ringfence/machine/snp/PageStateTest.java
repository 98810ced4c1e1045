package org.ringfence.machine.snp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.snp.rmp.PageState;
import org.ringfence.machine.snp.rmp.RawRmpEntry;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.state.State;

/** Page states are decoded as the firmware's rmp_entry_get_state does (facts/snp.md, section 2.4). */
class PageStateTest {

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "0x0000000000000000, HYPERVISOR",
        "0x0000000000000004, HV_FIXED",
        "0x0000000000200000, HYPERVISOR",
        "0x8000000000000005, FIRMWARE",
        "0x80000000000007FD, FIRMWARE",
        "0x0000000000000001, RECLAIM",
        "0x0000000000200001, RECLAIM",
        "0x8000000000000001, INVALID",
        "0xA000000000000005, CONTEXT",
        "0x8001000012345005, METADATA",
        "0x8002000000001005, FW_IOMMU",
        "0xA002000000001005, INVALID",
        "0x8002000000002005, INVALID",
        "0x8000000000200005, INVALID",
        "0x8028000000200005, PRE_GUEST",
        "0xC028000000200005, PRE_SWAP",
        "0x0028000000200001, GUEST_INVALID",
        "0x4028000000200001, GUEST_VALID",
        "0x0028000000200000, INVALID",
        "0x4000000000000000, INVALID",
        "0x4000000000000001, INVALID"
    })
    void theFirstRowThatMatchesNamesTheState(String q1, PageState expected) {
        RawRmpEntry entry = new RawRmpEntry(Long.parseUnsignedLong(q1.substring(2), 16), 0);

        assertThat(PageState.decode(entry)).isEqualTo(expected);
    }

    @Test
    void aTailIsReclaimByItselfAndItsHeadsStateWhenResolved() {
        SnpMachine machine = SnpMachine.of(new Geometry(2, 2, 2), RmpOptions.least());
        State state = machine.newState();
        machine.snp().launch(state, 0, 0, Level.SIZE_2M, true);

        assertThat(PageState.decode(machine.rmp().raw(state, 1))).isEqualTo(PageState.RECLAIM);
        assertThat(machine.rmp().pageState(state, 1)).isEqualTo(PageState.GUEST_VALID);
    }

    @Test
    void beyondTheTableEverythingIsDefault() {
        SnpMachine machine = SnpMachine.of(new Geometry(2, 2, 1), RmpOptions.least());

        assertThat(machine.rmp().pageState(machine.newState(), 2)).isEqualTo(PageState.DEFAULT);
    }

    @Test
    void theStatesCarryTheFirmwaresNumbers() {
        assertThat(PageState.HYPERVISOR.number()).isEqualTo(2);
        assertThat(PageState.GUEST_VALID.number()).isEqualTo(0xC);
        for (PageState state : PageState.values()) {
            assertThat(state.number()).isEqualTo(state.ordinal());
        }
    }
}
