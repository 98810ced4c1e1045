package org.ringfence.machine.operation;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.ringfence.machine.state.State;

/**
 * One operation on each of some things that have numbers: frames, pages, vCPUs. Its argument: the number.
 *
 * @param count how many there are, from number 0 on
 * @param attempt what {@code operations} do, as far as they are enabled
 */
public record NumberedFamily(
        Principal principal, int count, Attempt attempt, IntFunction<? extends Operation<?>> operations)
        implements
            Family {

    /** Does the operation on one of them. */
    @FunctionalInterface
    public interface Attempt {
        /** Does it, and answers whether it is enabled; where it is not, the state stays as it is. */
        boolean on(State state, int number);
    }

    /**
     * These operations, each on {@code machine} as it is: the argument is its index. One is enabled where its step ends
     * with the code 0; where it ends with another it must change nothing.
     */
    public static NumberedFamily trying(Principal principal, Machine machine, List<Operation<?>> operations) {
        Actor actor = new Actor(-1, principal, principal.toString());
        Step[] steps = operations.stream().map(operation -> operation.on(machine, actor)).toArray(Step[]::new);
        return new NumberedFamily(
                principal, steps.length, (state, number) -> steps[number].take(state) == 0, operations::get);
    }

    @Override
    public void each(State state, Successors successors) {
        for (int number = 0; number < count; number++) {
            if (attempt.on(state, number)) {
                successors.take(number);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, count).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return operations.apply(arguments);
    }
}
