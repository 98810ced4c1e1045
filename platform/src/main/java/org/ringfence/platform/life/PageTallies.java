package org.ringfence.platform.life;

import java.util.Arrays;
import org.ringfence.machine.tdx.td.TdExitReason;

/** Counts the leaves by which a TD gets its pages. */
record PageTallies(
        LifeWatch.Tally[] accepted, LifeWatch.Tally[] augmented, LifeWatch.Tally entered, LifeWatch.Exits exits) {
    static PageTallies of(LifeWatch watch) {
        return new PageTallies(
                bySize(watch, "TDG.MEM.PAGE.ACCEPT"),
                bySize(watch, "TDH.MEM.PAGE.AUG"),
                watch.tally("TDH.VP.ENTER", OperationSize.NONE),
                watch.exits(TdExitReason.ACCEPT_EPT_VIOLATION));
    }

    private static LifeWatch.Tally[] bySize(LifeWatch watch, String mnemonic) {
        return Arrays.stream(OperationSize.values())
                .map(size -> watch.tally(mnemonic, size))
                .toArray(LifeWatch.Tally[]::new);
    }

    void countAccept(OperationSize size) {
        accepted[size.ordinal()].add();
    }

    void countAugment(OperationSize size) {
        augmented[size.ordinal()].add();
    }

    void countEnter() {
        entered.add();
    }

    void countExit() {
        exits.add();
    }
}
