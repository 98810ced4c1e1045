package org.ringfence.wasm.imports;

import static org.ringfence.wasm.imports.Signature.Type.I32;
import static org.ringfence.wasm.imports.Signature.Type.I64;

import java.util.List;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.sev.AnswerVmgexit;
import org.ringfence.machine.sev.AwaitExit;
import org.ringfence.machine.sev.BackingFrame;
import org.ringfence.machine.sev.MapNestedPage;
import org.ringfence.machine.sev.SplitNestedPage;
import org.ringfence.machine.sev.UnmapNestedPage;
import org.ringfence.machine.sev.VcpuExit;
import org.ringfence.machine.sev.Vmrun;
import org.ringfence.machine.snp.rmp.LookUpPage;
import org.ringfence.machine.snp.rmp.Psmash;
import org.ringfence.machine.snp.rmp.RawInstruction;
import org.ringfence.machine.snp.rmp.RawInstruction.Opcode;
import org.ringfence.machine.snp.rmp.RmpView;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.stack.host.kvm.FramePool;
import org.ringfence.stack.host.kvm.GiveFrame;
import org.ringfence.stack.host.kvm.TakeFrame;

/**
 * What the code of a SEV-SNP host does: RMPUPDATE and PSMASH as they stand in registers, its nested page table, VMRUN,
 * and its allocator. Source: AMD64 Architecture Programmer's Manual 3.
 */
public final class SnpHostImports {
    private static final int WORD = 8;
    private static final int MOST_VCPUS = 8;

    /** The library. */
    public static final Library LIBRARY = new Library(
            "snp-host",
            "RMPUPDATE, PSMASH, nested page tables, exits, VMRUN, and an allocator of frames",
            List.of(FramePool.PART),
            List.of(
                    new Import(
                            "rmpupdate",
                            Signature.of(I64, I32).giving(I32),
                            "RMPUPDATE of the frame at this HPA to the 16 bytes at this address; EAX",
                            SnpHostImports::rmpupdate),
                    new Import(
                            "psmash",
                            Signature.of(I64).giving(I32),
                            "PSMASH of the 2M at this HPA; EAX",
                            SnpHostImports::psmash),
                    new Import(
                            "await_exit",
                            Signature.of(I32, I32),
                            "waiting until one of so many vCPUs is out; struct ringfence_snp_exit",
                            SnpHostImports::awaitExit),
                    new Import(
                            "vmrun",
                            Signature.of(I32),
                            "VMRUN of a vCPU that left by a fault, which it repeats",
                            call -> asked(call, new Vmrun(vcpu(call)))),
                    new Import(
                            "answer",
                            Signature.of(I32, I32),
                            "VMRUN of a vCPU that left by VMGEXIT, with 0 or, for an error, 1",
                            SnpHostImports::answer),
                    new Import(
                            "look_up",
                            Signature.of(I64).giving(I32),
                            "looking up in nested page table and RMP; enum ringfence_snp_backing",
                            call -> {
                                GenericImports.requirePage(call);
                                return Reply.of(call.ask(new LookUpPage(call.argument(0))).ordinal());
                            }),
                    new Import(
                            "frame_of",
                            Signature.of(I64, I32).giving(I64),
                            "looking up the frame, or of size 1 the 2M, that a page is mapped to; its HPA",
                            SnpHostImports::frameOf),
                    new Import(
                            "map",
                            Signature.of(I64, I64, I32).giving(I32),
                            "mapping a page to a frame in the nested page table; 1 where they are misaligned",
                            call -> {
                                GenericImports.requirePage(call);
                                return Reply.of(call.ask(new MapNestedPage(
                                        call.argument(0), ImportedFrames.at(call, 1), ImportedFrames.size(call, 2)))
                                        .ordinal());
                            }),
                    new Import(
                            "unmap",
                            Signature.of(I64),
                            "unmapping a page there",
                            call -> onPage(call, new UnmapNestedPage(call.argument(0)))),
                    new Import(
                            "split",
                            Signature.of(I64),
                            "making 4K mappings of a 2M one there",
                            call -> onPage(call, new SplitNestedPage(call.argument(0)))),
                    new Import(
                            "take_frame",
                            Signature.of(I64, I32).giving(I32),
                            "taking a frame or 2M out of the allocator, if it is free; whether it was",
                            call -> Reply.of(
                                    call.ask(new TakeFrame(ImportedFrames.at(call, 0), ImportedFrames.size(call, 1)))
                                            ? 1
                                            : 0)),
                    new Import(
                            "give_frame",
                            Signature.of(I64, I32),
                            "giving it back",
                            call -> asked(call,
                                    new GiveFrame(ImportedFrames.at(call, 0), ImportedFrames.size(call, 1))))));

    private SnpHostImports() {}

    private static Reply asked(ImportCall call, Operation<Done> operation) {
        call.ask(operation);
        return Reply.NOTHING;
    }

    private static Reply onPage(ImportCall call, Operation<Done> operation) {
        GenericImports.requirePage(call);
        return asked(call, operation);
    }

    private static int vcpu(ImportCall call) {
        long vcpu = call.argument(0);
        if (vcpu >= MOST_VCPUS) {
            throw call.refused("names vCPU %d; allowed are 0 to %d".formatted(vcpu, MOST_VCPUS - 1));
        }
        return (int) vcpu;
    }

    /** In its typed form, which is what a trace shows, unless the operands are such as that has not. */
    private static Reply rmpupdate(ImportCall call) {
        long low = call.read(call.argument(1));
        long high = call.read(call.argument(1) + WORD);
        RmpView view = RmpView.of(low, high);
        boolean plain = ImportedFrames.is(call, 0)
                && !RmpView.hasReserved(high)
                && !view.regionStatus()
                && !view.immutable()
                && (!view.assigned() || call.geometry().page(view.gpa()) >= 0)
                && (view.size() == Level.SIZE_4K || call.geometry().hasLargePages());
        if (!plain) {
            return Reply.of(call.ask(RawInstruction.rmpupdate(call.argument(0), view)));
        }
        return Reply.of(call.ask(new Rmpupdate(
                ImportedFrames.at(call, 0), view.assigned(), view.gpa(), view.size(), view.asid(), false)).eax());
    }

    private static Reply psmash(ImportCall call) {
        return Reply.of(ImportedFrames.is(call, 0)
                ? call.ask(new Psmash(ImportedFrames.at(call, 0))).eax()
                : call.ask(RawInstruction.of(Opcode.PSMASH, call.argument(0), 0, 0)));
    }

    private static Reply awaitExit(ImportCall call) {
        long vcpus = call.argument(0);
        if (vcpus < 1 || vcpus > MOST_VCPUS) {
            throw call.refused("waits for %d vCPUs; allowed are 1 to %d".formatted(vcpus, MOST_VCPUS));
        }
        VcpuExit exit = call.ask(new AwaitExit((int) vcpus, call.geometry()));
        long to = call.argument(1);
        return Reply.NOTHING.writing(to, exit.vcpu())
                .writing(to + WORD, exit.reason().ordinal())
                .writing(to + 2 * WORD, exit.gpa());
    }

    private static Reply answer(ImportCall call) {
        long code = call.argument(1);
        if (code != AnswerVmgexit.OK && code != AnswerVmgexit.ERROR) {
            throw call.refused("answers a VMGEXIT with %d; 0 says that all is well, 1 tells of an error"
                    .formatted(code));
        }
        return asked(call, new AnswerVmgexit(vcpu(call), (int) code));
    }

    private static Reply frameOf(ImportCall call) {
        GenericImports.requirePage(call);
        return Reply.of(ImportedFrames.asked(
                call, new BackingFrame(call.argument(0), ImportedFrames.size(call, 1), call.geometry().frames())));
    }
}
