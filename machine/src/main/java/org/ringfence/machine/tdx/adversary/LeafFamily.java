package org.ringfence.machine.tdx.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.SystemState;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.sys.SystemCall;

/**
 * Calls of one kind that a host which is not trusted draws from, on one logical processor. What they share, that the
 * module is there and in a state that takes the leaf, is looked at once. Arguments: the call's place in the list.
 *
 * @param actor the logical processor
 * @param needsReady whether the leaf runs in SYS_READY alone
 */
public record LeafFamily(
        String name, TdxModule module, Actor actor, boolean needsReady, List<? extends Operation<?>> calls,
        List<Step> steps)
        implements
            Family {

    public LeafFamily {
        calls = List.copyOf(calls);
        steps = List.copyOf(steps);
    }

    static LeafFamily of(Machine machine, Actor actor, List<? extends Operation<?>> calls) {
        Operation<?> first = calls.getFirst();
        boolean ready = first instanceof SystemCall<?> call
                && !call.number().runsBeforeReady()
                && org.ringfence.machine.operation.Guards.of(machine)
                        .checks(org.ringfence.machine.tdx.abi.TdxGuard.SYSTEM_IS_READY);
        return new LeafFamily(
                first.mnemonic() + " on " + actor,
                machine.part(TdxModule.class),
                actor,
                ready,
                calls,
                calls.stream().map(call -> call.on(machine, actor)).toList());
    }

    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        if (module.seam().disabled().get(state)
                || needsReady && module.system().get(state) != SystemState.SYS_READY) {
            return;
        }
        for (int i = 0; i < steps.size(); i++) {
            successors.end(i, steps.get(i).take(state) == 0);
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, calls.size()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return calls.get(arguments);
    }

    @Override
    public String toString() {
        return name;
    }
}
