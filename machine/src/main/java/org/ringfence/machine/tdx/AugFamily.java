package org.ringfence.machine.tdx;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.TdxGuard;

/** {@link TdhMemPageAug} of any page of one level with any frame. Arguments: frame times pages, plus page. */
record AugFamily(Tdx tdx, Level level) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        if (tdx.refusesFatal(state)) {
            return;
        }
        int pages = tdx.geometry().pages();
        int frames = tdx.geometry().frames();
        int span = tdx.geometry().span(level);
        long block = span == 64 ? -1L : (1L << span) - 1;
        long used = tdx.guards().checks(TdxGuard.AUG_FRAME_IS_FREE) ? tdx.usedFrames(state) : 0;
        boolean onlyFree = tdx.guards().checks(TdxGuard.AUG_ENTRY_IS_FREE);
        for (int page = 0; page < pages; page += span) {
            if (tdx.reached(state, page, level) != level
                    || onlyFree && tdx.state(state, page, level) != SeptState.FREE) {
                continue;
            }
            for (int frame = 0; frame < frames; frame += span) {
                if ((used >>> frame & block) == 0) {
                    TdhMemPageAug.commit(tdx, state, page, level, frame);
                    successors.take(frame * pages + page);
                }
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        List<Integer> all = new ArrayList<>();
        for (int frame = 0; frame < tdx.geometry().frames(); frame++) {
            for (int page = 0; page < tdx.geometry().pages(); page += tdx.geometry().span(level)) {
                all.add(frame * tdx.geometry().pages() + page);
            }
        }
        return all;
    }

    @Override
    public Operation<?> operation(int arguments) {
        int pages = tdx.geometry().pages();
        long gpa = tdx.geometry().gpa(arguments % pages);
        return new TdhMemPageAug(gpa, level, new Frame(arguments / pages));
    }
}
