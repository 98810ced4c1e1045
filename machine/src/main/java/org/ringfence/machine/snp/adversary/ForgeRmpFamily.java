package org.ringfence.machine.snp.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.snp.rmp.Aliases;
import org.ringfence.machine.state.State;

/** {@link ForgeRmpEntry} with any frame and page. Its arguments, from the lowest digit: page, frame. */
public record ForgeRmpFamily(Aliases aliases) implements Family {
    @Override
    public Principal principal() {
        return Principal.BUS;
    }

    @Override
    public void each(State state, Successors successors) {
        int pages = aliases.snp().geometry().pages();
        int count = aliases.snp().geometry().frames() * pages;
        for (int code = 0; code < count; code++) {
            if (aliases.canForge(state, code / pages)) {
                aliases.forge(state, code / pages, code % pages);
                successors.take(code);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        int count = aliases.snp().geometry().frames() * aliases.snp().geometry().pages();
        return IntStream.range(0, count).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        int pages = aliases.snp().geometry().pages();
        return new ForgeRmpEntry(
                new Frame(arguments / pages), aliases.snp().geometry().gpa(arguments % pages));
    }
}
