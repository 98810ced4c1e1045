package org.ringfence.platform.cca;

import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.granule.GranuleState;
import org.ringfence.machine.cca.realm.RealmState;
import org.ringfence.machine.cca.realm.RecExitReason;
import org.ringfence.machine.cca.rtt.RttEntry;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.state.State;

/**
 * How a machine with realms begins. The descriptor lies in frame 0, the root in frame 1, then come RECs and tables;
 * memory lies in the last frames.
 */
final class Launch {
    private final Cca cca;
    private final State state;
    private int free;

    Launch(Cca cca, State state) {
        this.cca = cca;
        this.state = state;
    }

    void begin(CcaPlatform.Options options, int vcpus) {
        if (!options.launched()) {
            for (int vcpu = 0; vcpu < vcpus; vcpu++) {
                cca.recs().leave(state, vcpu, Status.EXITED, RecExitReason.NONE, 0);
            }
            return;
        }
        int needed = 2 + vcpus
                + (options.tables() ? cca.rtt().blocks() : 0)
                + (options.memory() ? cca.geometry().pages() : 0);
        if (needed > cca.geometry().frames()) {
            throw new IllegalArgumentException(
                    "the realm has %d granules at first (descriptor, root, RECs, tables, memory), and the machine %d frames"
                            .formatted(needed, cca.geometry().frames()));
        }
        realm();
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            cca.recs().granule().set(state, vcpu, take(GranuleState.REC));
        }
        cca.realms().recCount().set(state, Cca.GUEST, vcpus);
        for (int place = 0; options.tables() && place < cca.rtt().places(); place += cca.rtt().span()) {
            cca.rtt().unfold(state, Cca.GUEST, place);
            cca.rtt().set(state, cca.rtt().block(Cca.GUEST, place), RttEntry.TABLE, take(GranuleState.RTT));
        }
        for (int page = 0; options.memory() && page < cca.geometry().pages(); page++) {
            memory(page, cca.geometry().frames() - cca.geometry().pages() + page);
        }
    }

    private void realm() {
        cca.realms().state().set(state, Cca.GUEST, RealmState.ACTIVE);
        cca.realms().rd().set(state, Cca.GUEST, take(GranuleState.RD));
        cca.realms().root().set(state, Cca.GUEST, take(GranuleState.RTT));
        cca.rtt().start(state, Cca.GUEST);
    }

    private int take(GranuleState use) {
        cca.granules().set(state, free, use);
        return free++;
    }

    private void memory(int page, int frame) {
        cca.granules().set(state, frame, GranuleState.DATA);
        cca.memory().write(state, frame, Value.LAUNCH, 0);
        cca.rtt().set(state, cca.rtt().page(Cca.GUEST, page), RttEntry.ASSIGNED_RAM, frame);
        cca.ledger().ifPresent(owed -> owed.launched(state, page, Value.LAUNCH));
    }
}
