package org.ringfence.machine.tdx.module.sys;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.tdx.module.ModuleFeature;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * A package runs out of random numbers, as software that draws many can make it, or has some again. PCONFIG and the
 * module's own RDSEED fail meanwhile. Needs {@link ModuleFeature#ENTROPY}.
 *
 * @param number of the package
 */
public record SetEntropy(int number, boolean available) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        TdxModule module = machine.part(TdxModule.class);
        if (module.noEntropy().max() == 0) {
            throw new IllegalStateException("no package runs out of entropy: the machine lacks the feature ENTROPY");
        }
        Numbered.require("package", number, module.options().packages());
        int wanted = available ? 0 : 1;
        return state -> {
            if (module.noEntropy().get(state, number) == wanted) {
                return Outcome.WAITS;
            }
            module.noEntropy().set(state, number, wanted);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "entropy";
    }
}
