package org.ringfence.stack.host.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.LineInstruction;
import org.ringfence.machine.memory.OnLine;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhPhymemPageWbinvdOfTd;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * A host that gives a running TD a page, takes it back, and puts data of its own there, which it looks for twice.
 * Source: Linux, arch/x86/kvm/vmx/tdx.c (tdx_sept_drop_private_spte).
 *
 * @param vcpus of the TD
 * @param wbinvd whether it calls TDH.PHYMEM.PAGE.WBINVD in between: Linux
 */
public record ReuseRemovedPage(Geometry geometry, long gpa, int vcpus, boolean wbinvd) implements Routine<Done> {

    /** What a case can choose. */
    public record Options(
            @Meaning("vCPUs of the TD") int vcpus,
            @Meaning("whether it calls TDH.PHYMEM.PAGE.WBINVD before it uses the page") boolean wbinvd) {
        /** The routine for the first page of a machine. */
        public ReuseRemovedPage on(Geometry geometry) {
            return new ReuseRemovedPage(geometry, 0, vcpus, wbinvd);
        }
    }

    @Override
    public Done run(Cpu cpu) {
        Frame frame = cpu.call(new FindFreeFrame(geometry, Level.SIZE_4K));
        if (cpu.ask(new TdhMemPageAug(gpa, Level.SIZE_4K, frame)) != TdhMemPageAug.Result.TDX_SUCCESS) {
            return Done.DONE;
        }
        cpu.call(new RemovePrivatePage(gpa, Level.SIZE_4K, vcpus));
        if (wbinvd) {
            cpu.ask(new TdhPhymemPageWbinvdOfTd(0, frame));
        }
        cpu.ask(new OnLine(LineInstruction.STORE, frame, 0, Value.HOST));
        cpu.ask(new OnLine(LineInstruction.LOAD, frame, 0, Value.HOST));
        cpu.ask(new OnLine(LineInstruction.LOAD, frame, 0, Value.HOST));
        return Done.DONE;
    }
}
