package org.ringfence.wasm.imports;

import static org.ringfence.wasm.imports.Signature.Type.I32;
import static org.ringfence.wasm.imports.Signature.Type.I64;

import java.util.List;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.host.AwaitTdExit;
import org.ringfence.machine.tdx.host.FlushTranslations;
import org.ringfence.machine.tdx.host.FrameIsFree;
import org.ringfence.machine.tdx.host.KickVcpu;
import org.ringfence.machine.tdx.host.MapShared;
import org.ringfence.machine.tdx.host.UnmapShared;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhMemPageDemote;
import org.ringfence.machine.tdx.seamcall.TdhMemPagePromote;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRemove;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeBlock;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeUnblock;
import org.ringfence.machine.tdx.seamcall.TdhMemSeptAdd;
import org.ringfence.machine.tdx.seamcall.TdhMemSeptRemove;
import org.ringfence.machine.tdx.seamcall.TdhMemTrack;
import org.ringfence.machine.tdx.seamcall.TdhVpEnter;
import org.ringfence.machine.tdx.seamcall.TdhVpEnterWithAnswer;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.TdExit;

/**
 * What the code of a TDX host does for a running TD: SEAMCALL by registers, its own page table of shared pages, and the
 * exits of vCPUs. The machine's TD is named by {@link #TDR}, since its root page lies in none of the machine's frames.
 * Source: TDX module 1.5.01; Guest-Host Communication Interface.
 */
public final class TdxHostImports {
    /** The address that stands for the TD's root page. */
    static final long TDR = 1L << 44;

    private static final int WORD = 8;
    private static final long LEAF = 0xFFFF;
    private static final long PAGE = 0x1000;
    private static final int MOST_VCPUS = 8;

    /** The library. */
    public static final Library LIBRARY = new Library(
            "tdx-host",
            "SEAMCALL by registers, shared pages, and exits of vCPUs",
            List.of(
                    new Import(
                            "seamcall",
                            Signature.of(I32).giving(I64),
                            "TDH.VP.ENTER, TDH.MEM.SEPT.ADD and REMOVE, TDH.MEM.PAGE.AUG, DEMOTE, PROMOTE and REMOVE, "
                                    + "TDH.MEM.RANGE.BLOCK and UNBLOCK, TDH.MEM.TRACK, by RAX; RAX",
                            TdxHostImports::seamcall),
                    new Import(
                            "answer",
                            Signature.of(I32, I64, I64).giving(I64),
                            "TDH.VP.ENTER of a vCPU that called MapGPA, with R10 and R11; RAX",
                            TdxHostImports::answer),
                    new Import(
                            "await_exit",
                            Signature.of(I32, I32),
                            "waiting until one of so many vCPUs is out; struct ringfence_tdx_exit",
                            TdxHostImports::awaitExit),
                    new Import(
                            "is_free",
                            Signature.of(I64, I32).giving(I32),
                            "the allocator's look whether a page of this size backs nothing",
                            call -> Reply.of(
                                    call.ask(new FrameIsFree(ImportedFrames.at(call, 0), ImportedFrames.size(call, 1)))
                                            ? 1
                                            : 0)),
                    new Import(
                            "map_shared",
                            Signature.of(I64, I64),
                            "mapping a shared page to a frame",
                            call -> {
                                GenericImports.requirePage(call);
                                return asked(call, new MapShared(call.argument(0), ImportedFrames.at(call, 1)));
                            }),
                    new Import(
                            "unmap_shared",
                            Signature.of(I64),
                            "unmapping it",
                            call -> {
                                GenericImports.requirePage(call);
                                return asked(call, new UnmapShared(call.argument(0)));
                            }),
                    new Import(
                            "kick",
                            Signature.of(I32),
                            "an interrupt that gets a vCPU out",
                            call -> {
                                call.ask(new KickVcpu(vcpu(call, call.argument(0))));
                                return Reply.NOTHING;
                            }),
                    new Import(
                            "flush",
                            Signature.of(I32),
                            "a flush of the shared translations of a vCPU that is out",
                            call -> asked(call, new FlushTranslations(vcpu(call, call.argument(0)))))));

    private TdxHostImports() {}

    private static Reply asked(ImportCall call, Operation<Done> operation) {
        call.ask(operation);
        return Reply.NOTHING;
    }

    private static int vcpu(ImportCall call, long vcpu) {
        if (vcpu < 0 || vcpu >= MOST_VCPUS) {
            throw call.refused("names vCPU %d; allowed are 0 to %d".formatted(vcpu, MOST_VCPUS - 1));
        }
        return (int) vcpu;
    }

    private static Reply seamcall(ImportCall call) {
        Registers in = TdxGuestImports.registers(call);
        SeamcallLeaf leaf = SeamcallLeaf.of((int) (in.rax() & LEAF)).orElse(null);
        if (leaf == null || (in.rax() & ~LEAF) != 0) {
            throw call.refused("makes a SEAMCALL with RAX=0x%X, which is no leaf that is mapped".formatted(in.rax()));
        }
        long rax = switch (leaf) {
            case TDH_VP_ENTER -> enter(call, in.rcx());
            case TDH_MEM_TRACK -> {
                requireTd(call, in.rcx(), "RCX");
                yield rax(call, new TdhMemTrack());
            }
            case TDH_MEM_PAGE_AUG -> rax(call, new TdhMemPageAug(0, entry(call, in), ImportedFrames.of(call, in.r8())));
            case TDH_MEM_SEPT_ADD -> rax(call, new TdhMemSeptAdd(0, entry(call, in), ImportedFrames.of(call, in.r8())));
            case TDH_MEM_PAGE_DEMOTE ->
                rax(call, new TdhMemPageDemote(0, entry(call, in), ImportedFrames.of(call, in.r8())));
            case TDH_MEM_SEPT_REMOVE -> rax(call, new TdhMemSeptRemove(0, entry(call, in)));
            case TDH_MEM_PAGE_PROMOTE -> rax(call, new TdhMemPagePromote(0, entry(call, in)));
            case TDH_MEM_PAGE_REMOVE -> rax(call, new TdhMemPageRemove(0, entry(call, in)));
            case TDH_MEM_RANGE_BLOCK -> rax(call, new TdhMemRangeBlock(0, entry(call, in)));
            case TDH_MEM_RANGE_UNBLOCK -> rax(call, new TdhMemRangeUnblock(0, entry(call, in)));
            default -> throw call.refused("makes a SEAMCALL of %s, which is not mapped".formatted(leaf.mnemonic()));
        };
        return new Reply(rax, TdxGuestImports.reply(call, in.withRax(rax)).writes());
    }

    private static <R extends Enum<R>> long rax(ImportCall call, ModuleCall<R> leaf) {
        return leaf.rax(call.ask(leaf).ordinal());
    }

    /** RCX of a leaf on a Secure EPT entry, whose RDX names the TD. */
    private static long entry(ImportCall call, Registers in) {
        requireTd(call, in.rdx(), "RDX");
        if (call.geometry().page(SeptOperand.gpa(in.rcx())) < 0) {
            throw call.refused("makes a SEAMCALL for GPA 0x%X, which is no page of a machine with %d pages"
                    .formatted(SeptOperand.gpa(in.rcx()), call.geometry().pages()));
        }
        return in.rcx();
    }

    private static void requireTd(ImportCall call, long tdr, String register) {
        if (tdr != TDR) {
            throw call.refused("makes a SEAMCALL with %s=0x%X; the TD is named RINGFENCE_TDR, 0x%X"
                    .formatted(register, tdr, TDR));
        }
    }

    private static long enter(ImportCall call, long tdvpr) {
        if ((tdvpr - TDR) % PAGE != 0) {
            throw call.refused("makes a TDH.VP.ENTER with RCX=0x%X; a vCPU is named RINGFENCE_TDVPR(n)"
                    .formatted(tdvpr));
        }
        return rax(call.ask(new TdhVpEnter(vcpu(call, (tdvpr - TDR) / PAGE - 1))));
    }

    private static long rax(ModuleStatus status) {
        return status.rax();
    }

    private static Reply answer(ImportCall call) {
        long r10 = call.argument(1);
        if (!MapGpaAnswer.KNOWN.contains(r10)) {
            throw call.refused("answers a MapGPA with R10=0x%X; the answers that are built are %s"
                    .formatted(r10, MapGpaAnswer.KNOWN.stream().map("0x%X"::formatted).toList()));
        }
        MapGpaAnswer answer = MapGpaAnswer.of(r10);
        long r11 = answer == MapGpaAnswer.RETRY ? call.argument(2) : 0;
        if (call.geometry().page(r11) < 0) {
            throw call.refused("has a MapGPA retried from GPA 0x%X, which is no page of a machine with %d pages"
                    .formatted(r11, call.geometry().pages()));
        }
        return Reply.of(rax(call.ask(new TdhVpEnterWithAnswer(vcpu(call, call.argument(0)), answer, r11))));
    }

    private static Reply awaitExit(ImportCall call) {
        long vcpus = call.argument(0);
        if (vcpus < 1 || vcpus > MOST_VCPUS) {
            throw call.refused("waits for %d vCPUs; allowed are 1 to %d".formatted(vcpus, MOST_VCPUS));
        }
        TdExit exit = call.ask(new AwaitTdExit(0, (int) vcpus, call.geometry()));
        long to = call.argument(1);
        return Reply.NOTHING.writing(to, exit.vcpu())
                .writing(to + WORD, exit.reason().ordinal())
                .writing(to + 2 * WORD, exit.gpa())
                .writing(to + 3 * WORD, exit.level().ordinal())
                .writing(to + 4 * WORD, exit.pages());
    }
}
