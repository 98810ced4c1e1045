package org.ringfence.stack.host.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.host.AwaitTdExit;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhPhymemPageWbinvdOfTd;
import org.ringfence.machine.tdx.seamcall.TdhVpEnter;
import org.ringfence.machine.tdx.seamcall.TdhVpEnterWithAnswer;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.TdExit;
import org.ringfence.machine.tdx.td.TdExitReason;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * A host with two TDs: a page that the first gives up by MapGPA it removes, and gives to the second.
 *
 * @param wbinvd whether it calls TDH.PHYMEM.PAGE.WBINVD in between: Linux
 */
public record HandPageOn(Geometry geometry, boolean wbinvd) implements Routine<Done> {
    private static final long FROM = 0;
    private static final long TO = Geometry.SMALL;

    /** What a case can choose. */
    public record Options(
            @Meaning("whether it calls TDH.PHYMEM.PAGE.WBINVD before it gives the page to the next TD") boolean wbinvd) {
        /** The routine for a machine. */
        public HandPageOn on(Geometry geometry) {
            return new HandPageOn(geometry, wbinvd);
        }
    }

    @Override
    public Done run(Cpu cpu) {
        Frame frame = cpu.call(new FindFreeFrame(geometry, Level.SIZE_4K));
        if (cpu.ask(new TdhMemPageAug(FROM, Level.SIZE_4K, frame)) != TdhMemPageAug.Result.TDX_SUCCESS) {
            return Done.DONE;
        }
        return cpu.become(new UntilGivenUp(this, frame));
    }

    /**
     * Resumes the first TD until it gives its page up; the second must then have asked for one, by its first access.
     */
    private record UntilGivenUp(HandPageOn host, Frame frame) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            TdExit exit = cpu.ask(new AwaitTdExit(0, 1, host.geometry));
            if (exit.reason() != TdExitReason.MAP_GPA_SHARED) {
                cpu.ask(new TdhVpEnter(exit.vcpu()));
                return cpu.again(this);
            }
            cpu.call(new RemovePrivatePage(FROM, Level.SIZE_4K, 1));
            if (host.wbinvd) {
                cpu.ask(new TdhPhymemPageWbinvdOfTd(0, frame));
            }
            cpu.ask(new TdhVpEnterWithAnswer(exit.vcpu(), MapGpaAnswer.SUCCESS));
            cpu.ask(new TdhMemPageAug(1, TO, frame));
            cpu.ask(new TdhVpEnter(1, 0));
            return Done.DONE;
        }
    }
}
