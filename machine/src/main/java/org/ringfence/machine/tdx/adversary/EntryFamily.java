package org.ringfence.machine.tdx.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.seamcall.EntryCall;
import org.ringfence.machine.tdx.seamcall.EntryWork;
import org.ringfence.machine.tdx.seamcall.SeptEntryChecks;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * An {@link EntryCall} of any entry of one level with any frame, where it succeeds. Arguments: frame times entries, plus the entry's index.
 *
 * @param call makes the operation
 */
public record EntryFamily(Tdx tdx, SeptEntryChecks gate, EntryWork work, int level, Call call) implements Family {

    /** Makes an operation of its arguments. */
    @FunctionalInterface
    interface Call {
        EntryCall<?> of(int td, long rcx, Frame frame);
    }

    static EntryFamily of(Tdx tdx, int level, Call call) {
        EntryCall<?> any = call.of(tdx.td(), level, new Frame(0));
        return new EntryFamily(tdx, SeptEntryChecks.of(tdx, any.rule(), 0), any.work(tdx, 0), level, call);
    }

    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        Refusal refused = gate.td(state);
        if (refused != Refusal.TDX_SUCCESS) {
            refused.undo(successors);
            return;
        }
        Sept sept = tdx.sept();
        int entries = sept.table(level).count();
        int span = sept.table(level).span();
        int given = work.frames(level);
        long used = given > 0 && work.checksFrame() ? tdx.root().used(state) : 0;
        for (int index = 0; index < entries; index++) {
            int page = index * span;
            if (gate.entry(state, page, level) != Refusal.TDX_SUCCESS
                    || work.check(state, page, level) != Refusal.TDX_SUCCESS) {
                continue;
            }
            if (given == 0) {
                gate.touchLock(state, page, level);
                work.commit(state, page, level, FrameRef.NONE, Outputs.NONE);
                successors.take(index);
            } else {
                give(state, successors, index, page, given, used);
            }
        }
    }

    private void give(State state, Successors successors, int index, int page, int given, long used) {
        int entries = tdx.sept().table(level).count();
        int frames = tdx.geometry().frames();
        long block = given >= Long.SIZE ? -1L : (1L << given) - 1;
        boolean exact = !tdx.root().hasLife();
        for (int frame = 0; frame + given <= frames; frame += given) {
            if ((used >>> frame & block) != 0) {
                continue;
            }
            Refusal refused = exact
                    ? work.checkFrame(state, page, level, frame)
                    : EntryCall.checkFrame(tdx, gate.lp(), work, state, page, level, frame);
            if (refused != Refusal.TDX_SUCCESS) {
                refused.undo(successors);
                continue;
            }
            gate.touchLock(state, page, level);
            work.commit(state, page, level, frame, Outputs.NONE);
            successors.take(frame * entries + index);
        }
    }

    @Override
    public List<Integer> arguments() {
        int entries = tdx.sept().table(level).count();
        int frames = work.frames(level) == 0 ? 1 : tdx.geometry().frames();
        return IntStream.range(0, entries * frames).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        int entries = tdx.sept().table(level).count();
        long gpa = tdx.geometry().gpa(arguments % entries * tdx.sept().table(level).span());
        return call.of(tdx.td(), SeptOperand.rcx(gpa, level), new Frame(arguments / entries));
    }

    @Override
    public String toString() {
        return call.of(tdx.td(), level, new Frame(0)).mnemonic() + Tdx.printed(tdx.td()) + " at level " + level;
    }
}
