package org.ringfence.machine.snp;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.snp.rmp.RmpFeature;

/**
 * INVLPGB of all that the guest's ASID has, and TLBSYNC, by which the monitor waits until every CPU is done: nothing
 * that was taken away can be used any more. Of account only where an RMP change does not reach nested translations at
 * once ({@link RmpFeature#UNTIL_FLUSH}). Source: AMD APM volume 3, INVLPGB and TLBSYNC; COCONUT-SVSM,
 * kernel/src/cpu/tlb.rs.
 */
public record Invlpgb() implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Snp snp = machine.part(Snp.class);
        return state -> {
            snp.flush(state);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "INVLPGB";
    }
}
