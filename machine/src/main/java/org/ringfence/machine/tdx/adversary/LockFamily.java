package org.ringfence.machine.tdx.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.host.HoldEntryLock;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.sept.SeptTable.Lock;
import org.ringfence.machine.tdx.td.Tdx;

/** {@link HoldEntryLock} of any entry of one level, by the host. Arguments: twice the entry's index, plus 1 to lock. */
public record LockFamily(Tdx tdx, Level level) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        SeptTable table = tdx.sept().table(level.ordinal());
        for (int index = 0; index < table.count(); index++) {
            boolean held = HoldEntryLock.isPossible(table, state, index, Lock.HOST);
            Lock next = held ? Lock.HOST : Lock.FREE;
            if (HoldEntryLock.isPossible(table, state, index, next)) {
                HoldEntryLock.commit(table, state, index, next);
                successors.take(2 * index + (held ? 1 : 0));
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, 2 * tdx.sept().table(level.ordinal()).count()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        long gpa = tdx.geometry().gpa(arguments / 2 * tdx.geometry().span(level));
        return new HoldEntryLock(tdx.td(), gpa, level, arguments % 2 == 1 ? Lock.HOST : Lock.FREE);
    }
}
