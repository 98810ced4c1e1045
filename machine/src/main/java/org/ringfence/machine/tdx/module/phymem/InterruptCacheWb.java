package org.ringfence.machine.tdx.module.phymem;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * A host interrupt will be pending on a package when the next TDH.PHYMEM.CACHE.WB there has written back so many more
 * parts of the cache. Waits where one is set already.
 *
 * @param number of the package
 * @param after parts, from 1
 */
public record InterruptCacheWb(int number, int after) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        TdxModule module = machine.part(TdxModule.class);
        if (after < 1 || after > module.interruptAfter().max()) {
            throw new IllegalArgumentException(
                    "a cache is written back in %d parts; none is between the first %d and the next"
                            .formatted(module.options().cacheParts(), after));
        }
        Numbered.require("package", number, module.options().packages());
        return state -> {
            if (module.interruptAfter().get(state, number) != 0) {
                return Outcome.WAITS;
            }
            module.interruptAfter().set(state, number, after);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "interrupt";
    }
}
