package org.ringfence.machine.snp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.snp.psc.PscBuffers;
import org.ringfence.machine.snp.psc.PscBuffers.Bound;
import org.ringfence.machine.snp.psc.PscBuffers.Work;
import org.ringfence.machine.snp.psc.PscRequest;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.state.State;

/** What KVM takes for the size and the place of a buffer of page state changes. */
class PscBoundTest {
    private final SnpMachine machine = SnpMachine.of(new Geometry(1, 1, 1), RmpOptions.least(), 1);
    private final PscBuffers buffers = machine.parts().buffers().orElseThrow();
    private final State state = machine.newState();

    @Test
    void aHeaderBeyondTheBufferIsInvalidWhereTheRealSizeIsTaken() {
        buffers.writeHeader(state, 0, 0, 1, false);
        assertThat(buffers.next(state, 0, Bound.REAL)).isEqualTo(Work.INVALID_HEADER);
        assertThat(Property.HOST_SAFETY.isBrokenIn(state.observed())).isFalse();
    }

    @Test
    void itHurtsAHostThatTakesTheConstant() {
        buffers.writeHeader(state, 0, 0, 1, false);
        assertThat(buffers.next(state, 0, Bound.CONSTANT)).isEqualTo(Work.INVALID_ENTRY);
        assertThat(Property.HOST_SAFETY.isBrokenIn(state.observed())).isTrue();
    }

    @Test
    void aBufferOutsideTheGhcbIsInvalidScratch() {
        buffers.writeHeader(state, 0, 0, 0, false);
        machine.ask(state, SnpMachine.GUEST, new PscRequest.Call(PscRequest.Call.Scratch.OUTSIDE));
        assertThat(buffers.next(state, 0, Bound.REAL)).isEqualTo(Work.INVALID_SCRATCH);
        assertThat(Work.INVALID_SCRATCH.exitInfo2()).isEqualTo(3);
        assertThat(buffers.next(state, 0, Bound.CONSTANT)).isNotEqualTo(Work.INVALID_SCRATCH);
    }
}
