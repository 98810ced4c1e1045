package org.ringfence.wasm.imports;

import static org.ringfence.wasm.imports.Signature.Type.I32;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Choose;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.abi.TdcallLeaf;
import org.ringfence.machine.tdx.sept.AddressWidth;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.td.RetryAddress;
import org.ringfence.machine.tdx.tdcall.ReadRetryAddress;
import org.ringfence.machine.tdx.tdcall.Tdcalls;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAttrWr;
import org.ringfence.machine.tdx.tdcall.TdgVpInvept;
import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;

/**
 * TDCALL as a TD's code makes it: registers in, registers out, in a structure of the module's memory. Its leaf 0 is
 * TDG.VP.VMCALL, of which MapGPA is built. Source: TDX module 1.5.01; Guest-Host Communication Interface.
 */
public final class TdxGuestImports {
    private static final int REGISTERS = 11;
    private static final int BYTES = 8;
    private static final long LEAF = 0xFFFF;

    /** What the GHCI lets a host answer MapGPA. */
    private static final List<Long> MAP_GPA_ANSWERS = List.of(
            (long) TdgVpVmcallMapGpa.SUCCESS,
            (long) TdgVpVmcallMapGpa.RETRY,
            TdgVpVmcallMapGpa.INVALID_OPERAND,
            TdgVpVmcallMapGpa.GPA_INUSE,
            TdgVpVmcallMapGpa.ALIGN_ERROR);

    /** The library. */
    public static final Library LIBRARY = new Library(
            "tdx",
            "TDCALL by registers, TDG.VP.VMCALL among its leaves",
            List.of(new Import(
                    "tdcall",
                    Signature.of(I32),
                    "TDG.VP.VMCALL<MapGPA> and R11 after a RETRY, TDG.MEM.PAGE.ACCEPT, TDG.MEM.PAGE.ATTR.WR, "
                            + "TDG.VP.INVEPT, by RAX",
                    TdxGuestImports::tdcall)));

    private TdxGuestImports() {}

    private static Reply tdcall(ImportCall call) {
        Registers in = registers(call);
        TdcallLeaf leaf = TdcallLeaf.of((int) (in.rax() & LEAF)).orElse(null);
        if (leaf == null || (in.rax() & ~LEAF) != 0) {
            throw call.refused("makes a TDCALL with RAX=0x%X, which is no leaf that is mapped".formatted(in.rax()));
        }
        return switch (leaf) {
            case TDG_VP_VMCALL -> vmcall(call, in);
            case TDG_MEM_PAGE_ACCEPT -> {
                requirePage(call, in.rcx());
                yield plain(call, in, new TdgMemPageAccept(in.rcx()));
            }
            case TDG_MEM_PAGE_ATTR_WR -> {
                requirePage(call, in.rcx());
                yield plain(call, in, new TdgMemPageAttrWr(in.rcx(), in.rdx(), in.r8()));
            }
            case TDG_VP_INVEPT -> plain(call, in, new TdgVpInvept(in.rcx()));
            case TDG_VP_INFO,
                    TDG_MR_RTMR_EXTEND,
                    TDG_VP_VEINFO_GET,
                    TDG_MR_REPORT,
                    TDG_VP_CPUIDVE_SET,
                    TDG_VM_RD,
                    TDG_VM_WR,
                    TDG_VP_RD,
                    TDG_VP_WR,
                    TDG_SYS_RD,
                    TDG_SYS_RDALL,
                    TDG_SERVTD_RD,
                    TDG_SERVTD_WR,
                    TDG_MR_VERIFYREPORT,
                    TDG_MEM_PAGE_ATTR_RD,
                    TDG_VP_ENTER,
                    TDG_VP_INVVPID ->
                throw call.refused("makes a TDCALL of %s, which is not mapped".formatted(leaf.mnemonic()));
        };
    }

    /** A leaf that tells nothing but its completion. */
    private static <R extends Enum<R>> Reply plain(ImportCall call, Registers in, ModuleCall<R> leaf) {
        R result = call.ask(leaf);
        return reply(call, in.withRax(leaf.rax(result.ordinal())));
    }

    private static Reply vmcall(ImportCall call, Registers in) {
        if (in.r10() != 0 || in.r11() != Tdcalls.MAP_GPA) {
            throw call.refused("makes a TDG.VP.VMCALL with R10=0x%X R11=0x%X; MapGPA alone is mapped"
                    .formatted(in.r10(), in.r11()));
        }
        long shared = AddressWidth.BITS_48.sharedBit();
        Mapping to = (in.r12() & shared) != 0 ? Mapping.SHARED : Mapping.PRIVATE;
        long gpa = in.r12() & ~shared;
        requireRange(call, gpa, in.r13());
        Answer answer = call.ask(new TdgVpVmcallMapGpa(to, gpa, in.r13()));
        long r10 = call.sample(answer, MAP_GPA_ANSWERS);
        long r11 = 0;
        if (r10 == TdgVpVmcallMapGpa.RETRY) {
            RetryAddress retry = call.ask(new ReadRetryAddress(call.geometry()));
            r11 = retry.gpa() == RetryAddress.OUTSIDE ? noPage(call) : retry.gpa();
        }
        return reply(call, new Registers(
                0, in.rcx(), in.rdx(), in.r8(), in.r9(), r10, r11, in.r12(), in.r13(), in.r14(), in.r15()));
    }

    /** An address that is no page's: beyond memory, or inside of a page. */
    private static long noPage(ImportCall call) {
        return call.ask(new Choose(2)) == 0 ? RetryAddress.OUTSIDE & -Geometry.SMALL : Geometry.SMALL / 2;
    }

    /** Whether code gets addresses from a host that need not be honest by {@code one}. */
    public static boolean givesAddresses(Import one) {
        return LIBRARY.imports().contains(one);
    }

    private static void requirePage(ImportCall call, long rcx) {
        if (call.geometry().page(SeptOperand.gpa(rcx)) < 0) {
            throw call.refused("makes a TDCALL for GPA 0x%X, which is no page of a machine with %d pages"
                    .formatted(SeptOperand.gpa(rcx), call.geometry().pages()));
        }
    }

    private static void requireRange(ImportCall call, long gpa, long size) {
        Geometry geometry = call.geometry();
        long last = gpa + size - Geometry.SMALL;
        boolean aligned = size != 0 && (gpa | size) % Geometry.SMALL == 0;
        if (aligned && (geometry.page(gpa) < 0 || geometry.page(last) < 0 || last < gpa)) {
            throw call.refused("makes a MapGPA from 0x%X of 0x%X bytes, beyond a machine with %d pages"
                    .formatted(gpa, size, geometry.pages()));
        }
    }

    static Registers registers(ImportCall call) {
        long[] in = new long[REGISTERS];
        for (int i = 0; i < REGISTERS; i++) {
            in[i] = call.read(call.argument(0) + (long) BYTES * i);
        }
        return new Registers(in[0], in[1], in[2], in[3], in[4], in[5], in[6], in[7], in[8], in[9], in[10]);
    }

    static Reply reply(ImportCall call, Registers out) {
        long[] values = {
            out.rax(), out.rcx(), out.rdx(), out.r8(), out.r9(), out.r10(), out.r11(), out.r12(), out.r13(), out.r14(),
            out.r15()
        };
        Reply reply = Reply.NOTHING;
        for (int i = 0; i < REGISTERS; i++) {
            reply = reply.writing(call.argument(0) + (long) BYTES * i, values[i]);
        }
        return reply;
    }
}
