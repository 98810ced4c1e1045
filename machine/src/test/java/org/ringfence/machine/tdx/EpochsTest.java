package org.ringfence.machine.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.host.KickVcpu;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeBlock;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeUnblock;
import org.ringfence.machine.tdx.seamcall.TdhMemTrack;
import org.ringfence.machine.tdx.seamcall.TdhVpEnter;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;

/** Differences of epochs say what the module's counters say. */
class EpochsTest {
    private static final int PAGES = 3;
    private static final int VCPUS = 2;

    /** The module's own arithmetic, with counters that grow. */
    private static final class Counters {
        private long tdEpoch = 1;
        private final int[] refcount = new int[2];
        private final long[] vcpuEpoch = new long[VCPUS];
        private final long[] bepoch = new long[PAGES];

        void enter(int vcpu) {
            refcount[(int) (tdEpoch & 1)]++;
            vcpuEpoch[vcpu] = tdEpoch;
        }

        void leave(int vcpu) {
            refcount[(int) (vcpuEpoch[vcpu] & 1)]--;
        }

        boolean track() {
            if (refcount[(int) (1 - (tdEpoch & 1))] != 0) {
                return false;
            }
            tdEpoch++;
            return true;
        }

        boolean isTracked(int page) {
            return bepoch[page] < tdEpoch - 1
                    || bepoch[page] == tdEpoch - 1 && refcount[(int) (bepoch[page] & 1)] == 0;
        }
    }

    @RepeatedTest(20)
    void differencesAgreeWithCounters(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Td td = Td.of(new Geometry(PAGES, PAGES, 1), VCPUS, Td.features(TdxFeature.TLB_TRACKING));
        Tdx tdx = td.tdx();
        State state = td.start();
        Counters counters = new Counters();
        for (int vcpu = 0; vcpu < VCPUS; vcpu++) {
            counters.enter(vcpu);
        }
        for (int page = 0; page < PAGES; page++) {
            td.byHost(state, new TdhMemPageAug(tdx.geometry().gpa(page), Level.SIZE_4K, new Frame(page)));
        }

        for (int i = 0; i < 400; i++) {
            int page = random.nextInt(PAGES);
            long gpa = tdx.geometry().gpa(page);
            int vcpu = random.nextInt(VCPUS);
            boolean inside = !tdx.vcpus().isWithHost(state, vcpu);
            switch (random.nextInt(4)) {
                case 0 -> {
                    if (td.byHost(state, new TdhMemRangeBlock(gpa, Level.SIZE_4K)) == 0) {
                        counters.bepoch[page] = counters.tdEpoch;
                    }
                }
                case 1 -> assertThat(td.byHost(state, new TdhMemTrack()) == 0).isEqualTo(counters.track());
                case 2 -> {
                    if (inside) {
                        td.byHost(state, new KickVcpu(vcpu));
                        counters.leave(vcpu);
                    } else {
                        td.byHost(state, new TdhVpEnter(vcpu));
                        counters.enter(vcpu);
                    }
                }
                default -> {
                    if (tdx.state(state, page, Level.SIZE_4K).isBlocked()) {
                        assertThat(td.byHost(state, new TdhMemRangeUnblock(gpa, Level.SIZE_4K)) == 0)
                                .isEqualTo(counters.isTracked(page));
                    }
                }
            }
        }
    }
}
