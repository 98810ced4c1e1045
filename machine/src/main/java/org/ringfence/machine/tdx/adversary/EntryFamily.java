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
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.seamcall.EntryCall;
import org.ringfence.machine.tdx.seamcall.EntryLeaf;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * An {@link EntryCall} of any entry of one level with any frame, where it succeeds or changes the state. Arguments:
 * frame times entries, plus the entry's index.
 *
 * @param given 4K frames of the page that the leaf is given in R8; 0 where it is given none
 * @param call makes the operation
 */
public record EntryFamily(Tdx tdx, EntryLeaf leaf, Endings<?> endings, int given, int level,
        Call call) implements Family {

    /** Makes an operation of its arguments. */
    @FunctionalInterface
    interface Call {
        EntryCall<?> of(int td, long rcx, Frame frame);
    }

    static EntryFamily of(Tdx tdx, int level, Call call) {
        EntryCall<?> any = call.of(tdx.td(), level, new Frame(0));
        return new EntryFamily(tdx, any.bindAny(tdx, 0), any.endings(), any.framesGiven(tdx, level), level, call);
    }

    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        if (tdx.root().dispatch(state, 0) != TdxStatus.TDX_SUCCESS) {
            return;
        }
        Sept sept = tdx.sept();
        int entries = sept.table(level).count();
        int span = sept.table(level).span();
        int frames = given == 0 ? 1 : tdx.geometry().frames();
        int step = Math.max(1, given);
        for (int index = 0; index < entries; index++) {
            int page = index * span;
            for (int frame = 0; frame + step <= frames; frame += step) {
                Ending ending = leaf.perform(state, page, level, given == 0 ? FrameRef.NONE : frame, Outputs.NONE);
                successors.end(frame * entries + index, endings.code(ending) == 0);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        int entries = tdx.sept().table(level).count();
        int frames = given == 0 ? 1 : tdx.geometry().frames();
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
