package org.ringfence.machine.tdx.tdcall;

import java.util.Optional;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.After;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.OperandId;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.abi.TdcallLeaf;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDCALL in its raw form: registers in, registers out. RAX names the leaf (15:0) and its version (23:16), which is 0 of
 * every leaf that is built; other bits of it, another version and a leaf that does not exist are refused as
 * TDX_OPERAND_INVALID of RAX. Source: TDX module 1.5.01, tdx_td_dispatcher.c, tdg_vp_vmcall.c.
 */
public final class Tdcalls {
    private static final long LEAF = 0xFFFF;

    /** GPR_SELECT: RAX, RCX and RSP cannot be passed to the host; what is above bit 31 is reserved. */
    private static final long NOT_PASSED = 0xFFFF_FFFF_0000_0013L;

    /** R11 of TDG.VP.VMCALL with R10 = 0: the sub-function MapGPA of the GHCI. */
    public static final long MAP_GPA = 0x1_0001;

    /** GPR_SELECT of R10 to R13, which MapGPA passes. */
    public static final long MAP_GPA_REGISTERS = 0x3C00;

    private Tdcalls() {}

    /** Makes the call that {@code in} asks for on {@code actor}'s vCPU, which is inside. */
    public static After tdcall(Machine machine, State state, Actor actor, Registers in) {
        TdcallLeaf leaf = TdcallLeaf.of((int) (in.rax() & LEAF)).orElse(null);
        if (leaf == null || (in.rax() & ~LEAF) != 0) {
            return new After.Returned(in.withRax(invalid(OperandId.RAX)));
        }
        return switch (leaf) {
            case TDG_VP_VMCALL -> vmcall(machine, state, actor, in);
            case TDG_VP_INFO -> call(machine, state, actor, leaf, in, new TdgVpInfo());
            case TDG_VP_VEINFO_GET ->
                call(machine, state, actor, leaf, in, new TdgVpVeinfoGet(Tdx.of(machine, actor).geometry()));
            case TDG_MEM_PAGE_ACCEPT -> call(machine, state, actor, leaf, in, new TdgMemPageAccept(in.rcx()));
            case TDG_MEM_PAGE_ATTR_RD -> call(machine, state, actor, leaf, in, new TdgMemPageAttrRd(in.rcx()));
            case TDG_MEM_PAGE_ATTR_WR ->
                call(machine, state, actor, leaf, in, new TdgMemPageAttrWr(in.rcx(), in.rdx(), in.r8()));
            case TDG_VP_ENTER -> call(machine, state, actor, leaf, in, new TdgVpEnter((int) (in.rcx() >>> 52 & 3)));
            case TDG_VP_INVEPT -> call(machine, state, actor, leaf, in, new TdgVpInvept(in.rcx()));
            case TDG_MR_RTMR_EXTEND,
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
                    TDG_VP_INVVPID ->
                throw new IllegalArgumentException(leaf.mnemonic() + " is not built");
        };
    }

    private static After call(
            Machine machine, State state, Actor actor, TdcallLeaf leaf, Registers in, ModuleCall<?> call) {
        Outputs outputs = Outputs.keeping(in);
        leaf.clear(outputs);
        Leaf bound = call.leaf(machine, actor);
        long code = bound.take(state, outputs);
        while (code == Outcome.STAYS) {
            code = bound.take(state, outputs);
        }
        return came(call, code).map(back -> (After) new After.Returned(outputs.with(call.rax(back))))
                .orElseGet(After.Left::new);
    }

    private static Optional<Long> came(Object call, long code) {
        if (code == Outcome.WAITS) {
            throw new IllegalStateException(call + ": the vCPU is not inside, or its TD is fatal");
        }
        return code < 0 ? Optional.empty() : Optional.of(code);
    }

    /** MapGPA: bit 47 of R12, or bit 51 where addresses have 52 bits, asks for shared pages. */
    private static After vmcall(Machine machine, State state, Actor actor, Registers in) {
        if ((in.rcx() & NOT_PASSED) != 0) {
            return new After.Returned(in.withRax(invalid(OperandId.RCX)));
        }
        if (in.r10() != 0 || in.r11() != MAP_GPA) {
            throw new IllegalArgumentException(
                    "TDG.VP.VMCALL with R10=0x%X R11=0x%X is not built: MapGPA alone is".formatted(in.r10(), in.r11()));
        }
        Tdx tdx = Tdx.of(machine, actor);
        long shared = tdx.options().width().sharedBit();
        TdgVpVmcallMapGpa call = new TdgVpVmcallMapGpa(
                (in.r12() & shared) != 0 ? Mapping.SHARED : Mapping.PRIVATE, in.r12() & ~shared, in.r13());
        Step step = call.on(machine, actor);
        return came(call, step.take(state))
                .map(answer -> (After) new After.Returned(answered(tdx, state, actor, in, (int) (long) answer)))
                .orElseGet(After.Left::new);
    }

    /** R10 tells the host's answer, R11 with RETRY the first address not done. */
    private static Registers answered(Tdx tdx, State state, Actor actor, Registers in, int answer) {
        int retried = tdx.vcpus().retry().get(state, tdx.vcpus().of(actor));
        long r11 = retried > 0 ? tdx.geometry().gpa(retried - 1) : 0;
        return new Registers(0, in.rcx(), 0, 0, 0, MapGpaAnswer.values()[answer].r10(), r11, 0, 0, 0, 0);
    }

    private static long invalid(int operand) {
        return new Completion(TdxStatus.TDX_OPERAND_INVALID, operand).rax();
    }
}
