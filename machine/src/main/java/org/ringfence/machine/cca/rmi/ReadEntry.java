package org.ringfence.machine.cca.rmi;

import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.rtt.Hipas;
import org.ringfence.machine.cca.rtt.Ripas;
import org.ringfence.machine.cca.rtt.Rtt;
import org.ringfence.machine.cca.rtt.RttEntry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * RMI_RTT_READ_ENTRY (0x11): the host asks for the deepest entry down to {@code level} that covers {@code ipa}. The
 * granule that it names is left out: the host has its own notes. Source: TF-RMM rmm-spec-v1.0-rel0, rmi/rtt.c.
 */
public record ReadEntry(Frame rd, long ipa, int level) implements Operation<ReadEntry.Found> {

    /**
     * What is found.
     *
     * @param level at which the walk ended; 0 with an error
     */
    public record Found(RmiStatus x0, int level, Hipas hipas, Ripas ripas) {
        @Override
        public String toString() {
            return x0 == RmiStatus.RMI_SUCCESS
                    ? "RMI_SUCCESS (level %d, %s, %s)".formatted(level, hipas, ripas)
                    : x0.toString();
        }
    }

    /** 0 for an error; else the entry's ordinal, and 16 for level 3. */
    enum Entries implements Results.Coding<Found> {
        FOUND;

        private static final int AT_PAGE_LEVEL = 16;

        @Override
        public Found decode(long code) {
            if (code == 0) {
                return new Found(RmiStatus.RMI_ERROR_INPUT, 0, Hipas.UNASSIGNED, Ripas.EMPTY);
            }
            RttEntry entry = RttEntry.values()[(int) (code - 1) % AT_PAGE_LEVEL];
            return new Found(
                    RmiStatus.RMI_SUCCESS,
                    code > AT_PAGE_LEVEL ? Rtt.PAGE_LEVEL : Rtt.BLOCK_LEVEL,
                    entry.hipas(),
                    entry.ripas());
        }

        @Override
        public String print(long code) {
            return decode(code).toString();
        }
    }

    @Override
    public Results<Found> results() {
        return new Results.Coded<>(Entries.FOUND);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Cca cca = machine.part(Cca.class);
        Rtt rtt = cca.rtt();
        int place = rtt.place(ipa);
        boolean wrong = level < Rtt.BLOCK_LEVEL
                || level > Rtt.PAGE_LEVEL
                || place < 0
                || level == Rtt.BLOCK_LEVEL && !rtt.isBlockAligned(place);
        return state -> {
            int realm = cca.realms().at(state, rd.index());
            if (realm < 0 || wrong) {
                return 0;
            }
            int entry = level == Rtt.BLOCK_LEVEL ? rtt.block(realm, place) : rtt.walk(state, realm, place);
            int depth = rtt.level(entry) == Rtt.PAGE_LEVEL ? Entries.AT_PAGE_LEVEL : 0;
            return 1L + rtt.entry().ordinal(state, entry) + depth;
        };
    }

    @Override
    public String mnemonic() {
        return "RMI_RTT_READ_ENTRY";
    }
}
