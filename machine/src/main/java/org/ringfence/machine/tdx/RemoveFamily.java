package org.ringfence.machine.tdx;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** {@link TdhMemPageRemove} of any entry of one level. Arguments: the entry's index. */
record RemoveFamily(Tdx tdx, Level level) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        int span = tdx.geometry().span(level);
        int entries = tdx.table(level).count();
        for (int index = 0; index < entries; index++) {
            if (TdhMemPageRemove.check(tdx, state, index * span, level) == TdhMemPageRemove.Result.TDX_SUCCESS) {
                TdhMemPageRemove.commit(tdx, state, index * span, level);
                successors.take(index);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, tdx.table(level).count()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new TdhMemPageRemove(tdx.geometry().gpa(arguments * tdx.geometry().span(level)), level);
    }
}
