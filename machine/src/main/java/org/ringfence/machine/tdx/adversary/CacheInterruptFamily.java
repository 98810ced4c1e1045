package org.ringfence.machine.tdx.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.phymem.InterruptCacheWb;

/**
 * Interrupts that end a TDH.PHYMEM.CACHE.WB half way, on any package. Arguments: the package times the parts of a
 * cache, plus after how many parts it comes.
 */
public record CacheInterruptFamily(TdxModule module) implements Family {
    @Override
    public Principal principal() {
        return Principal.HARDWARE;
    }

    @Override
    public void each(State state, Successors successors) {
        int parts = module.options().cacheParts();
        for (int number = 0; number < module.options().packages(); number++) {
            for (int after = 1; after < parts; after++) {
                if (module.interruptAfter().get(state, number) == 0) {
                    module.interruptAfter().set(state, number, after);
                    successors.take(number * parts + after);
                }
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        int parts = module.options().cacheParts();
        return IntStream.range(0, module.options().packages() * parts).filter(i -> i % parts != 0).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        int parts = module.options().cacheParts();
        return new InterruptCacheWb(arguments / parts, arguments % parts);
    }
}
