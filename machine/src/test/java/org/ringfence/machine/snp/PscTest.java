package org.ringfence.machine.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.psc.PageStateChange.Protocol;
import org.ringfence.machine.snp.psc.PageStateChange.Target;
import org.ringfence.machine.snp.psc.PscEntry;
import org.ringfence.machine.snp.psc.PscMsr;

/** The raw encodings of page state changes. */
class PscTest {

    @Property
    void anMsrRequestGivesBackWhatItWasMadeOf(
            @ForAll @LongRange(min = 0, max = (1L << 40) - 1) long gfn, @ForAll Target target) {
        long request = PscMsr.request(gfn * Geometry.SMALL, target);

        assertThat(PscMsr.isRequest(request)).isTrue();
        assertThat(PscMsr.isResponse(request)).isFalse();
        assertThat(PscMsr.gpa(request)).isEqualTo(gfn * Geometry.SMALL);
        assertThat(PscMsr.operation(request)).isEqualTo(target.number());
        assertThat(request >>> 56).isZero();
    }

    @Property
    void anMsrResponseGivesBackItsError(@ForAll int error) {
        long response = PscMsr.response(error);

        assertThat(PscMsr.isResponse(response)).isTrue();
        assertThat(PscMsr.error(response)).isEqualTo(error);
    }

    @Property
    void anEntryGivesBackWhatItWasMadeOf(
            @ForAll @LongRange(min = 0, max = (1L << 40) - 1) long gfn,
            @ForAll Target target,
            @ForAll Level size,
            @ForAll @IntRange(min = 0, max = 512) int done) {
        PscEntry entry = PscEntry.of(gfn * Geometry.SMALL, target, size).withDone(done);

        assertThat(entry.gpa()).isEqualTo(gfn * Geometry.SMALL);
        assertThat(entry.operation()).isEqualTo(target.number());
        assertThat(entry.size()).isEqualTo(size);
        assertThat(entry.done()).isEqualTo(done);
        boolean aligned = size == Level.SIZE_4K ? done <= 1 : gfn % 512 == 0;
        assertThat(entry.fault() == 0).isEqualTo(aligned);
    }

    @Test
    void aHeaderHoldsBothIndices() {
        assertThat(PscEntry.header(5, 4)).isEqualTo(0x40005L);
        assertThat(PscEntry.MOST).isEqualTo(253);
    }

    @Test
    void theMsrProtocolKnowsNoLargePages() {
        assertThatThrownBy(() -> new PageStateChange(0, Target.SHARED, Level.SIZE_2M, Protocol.MSR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the MSR protocol changes the state of one 4K page, not of 2M");
    }
}
