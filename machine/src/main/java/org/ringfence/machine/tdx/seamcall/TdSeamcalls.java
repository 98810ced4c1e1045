package org.ringfence.machine.tdx.seamcall;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.OperandId;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.HostWords;
import org.ringfence.machine.tdx.module.ModuleOptions;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.Seamcalls;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.phymem.AddressedCall;
import org.ringfence.machine.tdx.module.phymem.AddressedCall.Register;
import org.ringfence.machine.tdx.module.sys.SystemCall;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.td.FreePage;
import org.ringfence.machine.tdx.td.TdParams;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;

/**
 * How registers become a leaf of the host's on a TD, its Secure EPT or a vCPU. TDH.VP.ENTER begins in one step of the
 * machine and ends, with the TD exit, in another, of which {@link #exited} tells. Source: TDX module 1.5.01,
 * tdx_vmm_dispatcher.c.
 */
public final class TdSeamcalls {
    private static final long ALLOW_EXISTING = 1;
    private static final long SPARSE = 1;
    private static final long READ_L2_ATTRIBUTES = 1;

    private TdSeamcalls() {}

    /** All leaves of the module: those of the module as a system, and those on TDs. */
    public static Seamcalls of(HostWords memory) {
        return Seamcalls.of(memory).with(decoders(memory));
    }

    /**
     * What TDH.VP.ENTER returns when the vCPU that {@code actor} is has left the TD. Needs
     * {@link TdxFeature#EXIT_DETAILS}; of a MapGPA it tells the range where there is one.
     */
    public static Registers exited(Machine machine, State state, Actor actor) {
        Tdx tdx = Tdx.of(machine, actor);
        return tdx.vcpus().exitRegisters(state, tdx.vcpus().of(actor), tdx.geometry(), tdx.options().width());
    }

    private static Map<SeamcallLeaf, Seamcalls.Decoder> decoders(HostWords memory) {
        Map<SeamcallLeaf, Seamcalls.Decoder> own = new EnumMap<>(SeamcallLeaf.class);
        own.put(SeamcallLeaf.TDH_MEM_SEPT_ADD, TdSeamcalls::septAdd);
        own.put(SeamcallLeaf.TDH_MEM_SEPT_RD, (_, in, _) -> septRd(in));
        entry(own, SeamcallLeaf.TDH_MEM_PAGE_ADD, (td, in, r8, r9) -> new TdhMemPageAdd(td, in.rcx(), r8, r9));
        entry(own, SeamcallLeaf.TDH_MEM_PAGE_AUG, (td, in, r8, r9) -> new TdhMemPageAug(td, in.rcx(), r8));
        own.put(SeamcallLeaf.TDH_MEM_PAGE_DEMOTE, (machine, in, version) -> demote(machine, in));
        entry(own, SeamcallLeaf.TDH_MEM_PAGE_RELOCATE, (td, in, r8, r9) -> new TdhMemPageRelocate(td, in.rcx(), r8));
        versioned(own, SeamcallLeaf.TDH_MEM_PAGE_PROMOTE, TdhMemPagePromote::new);
        entry(own, SeamcallLeaf.TDH_MEM_PAGE_REMOVE, (td, in, r8, r9) -> new TdhMemPageRemove(td, in.rcx()));
        versioned(own, SeamcallLeaf.TDH_MEM_SEPT_REMOVE, TdhMemSeptRemove::new);
        entry(own, SeamcallLeaf.TDH_MEM_RANGE_BLOCK, (td, in, r8, r9) -> new TdhMemRangeBlock(td, in.rcx()));
        entry(own, SeamcallLeaf.TDH_MEM_RANGE_UNBLOCK, (td, in, r8, r9) -> new TdhMemRangeUnblock(td, in.rcx()));
        entry(own, SeamcallLeaf.TDH_MR_EXTEND, (td, in, r8, r9) -> new TdhMrExtend(td, in.rcx()));
        td(own, SeamcallLeaf.TDH_MEM_TRACK, TdhMemTrack::new);
        td(own, SeamcallLeaf.TDH_MR_FINALIZE, TdhMrFinalize::new);
        own.put(
                SeamcallLeaf.TDH_MNG_INIT,
                (machine, in, version) -> onTd(
                        SeamcallLeaf.TDH_MNG_INIT,
                        in.rcx(),
                        Register.RCX,
                        (_, td) -> new TdhMngInit(td, params(module(machine).options(), memory, in.rdx()))));
        own.put(
                SeamcallLeaf.TDH_VP_CREATE,
                (machine, in, version) -> new AddressedCall(
                        SeamcallLeaf.TDH_VP_CREATE,
                        in.rdx(),
                        PageType.PT_TDR,
                        Register.RDX,
                        (state, td, frame) -> new TdhVpCreate(
                                td, newVcpu(Tdx.of(machine, td), state),
                                page(machine, state, in.rcx(), PageSize.PT_4KB))));
        vcpu(own, SeamcallLeaf.TDH_VP_ADDCX, Register.RDX,
                (machine, state, td, vcpu, in) -> new TdhVpAddcx(td, vcpu,
                        page(machine, state, in.rcx(), PageSize.PT_4KB)));
        vcpu(own, SeamcallLeaf.TDH_VP_INIT, Register.RCX,
                (machine, state, td, vcpu, in) -> new TdhVpInit(td, vcpu));
        vcpu(own, SeamcallLeaf.TDH_VP_ENTER, Register.RCX,
                (machine, state, td, vcpu, in) -> new TdhVpEnterRegisters(td, vcpu, in));
        vcpu(own, SeamcallLeaf.TDH_VP_FLUSH, Register.RCX,
                (machine, state, td, vcpu, in) -> new TdhVpFlush(td, vcpu));
        return own;
    }

    /**
     * A call of a leaf that has more than one version, but not that one: the dispatcher lets it pass, and the leaf
     * refuses it at once.
     */
    private record NoSuchVersion(SeamcallLeaf number) implements SystemCall.Coded {
        @Override
        public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
            Completion refused = new Completion(TdxStatus.TDX_OPERAND_INVALID, OperandId.RAX);
            return (state, outputs) -> refused;
        }
    }

    /** A call that sets registers before its first check, or whose other registers are as they were behind it. */
    private record Around(ModuleCall<Long> call, Consumer<Outputs> before, Consumer<Outputs> after)
            implements
                ModuleCall<Long> {
        @Override
        public Results<Long> results() {
            return call.results();
        }

        @Override
        public Leaf leaf(Machine machine, Actor actor) {
            Leaf leaf = call.leaf(machine, actor);
            return (state, outputs) -> {
                before.accept(outputs);
                long code = leaf.take(state, outputs);
                after.accept(outputs);
                return code;
            };
        }

        @Override
        public String mnemonic() {
            return call.mnemonic();
        }
    }

    /** A leaf on a Secure EPT entry with what its registers can say beside its typed form. */
    private record Flagged<R extends Enum<R> & ModuleStatus>(EntryCall<R> call, Binding binding)
            implements
                EntryCall<R> {
        @Override
        public int td() {
            return call.td();
        }

        @Override
        public long rcx() {
            return call.rcx();
        }

        @Override
        public Frame frame() {
            return call.frame();
        }

        @Override
        public SeptRule rule() {
            return call.rule();
        }

        @Override
        public Endings<R> endings() {
            return call.endings();
        }

        @Override
        public EntryLeaf bindAny(Tdx tdx, int lp) {
            return binding.bind(tdx, lp);
        }

        @Override
        public String mnemonic() {
            return call.mnemonic();
        }
    }

    /** Makes a leaf on a Secure EPT entry of more than its typed form says. */
    @FunctionalInterface
    private interface Binding {
        EntryLeaf bind(Tdx tdx, int lp);
    }

    /** A leaf on a Secure EPT entry that is given no page. */
    @FunctionalInterface
    private interface Versioned {
        ModuleCall<?> on(int td, long rcx);
    }

    /** A leaf on a Secure EPT entry, of which R8 and R9 are pages. */
    @FunctionalInterface
    private interface OnEntry {
        ModuleCall<?> on(int td, Registers in, Frame r8, Frame r9);
    }

    /** A leaf on a TD. */
    @FunctionalInterface
    private interface OnTd {
        ModuleCall<?> on(State state, int td);
    }

    /** A leaf on a vCPU. */
    @FunctionalInterface
    private interface OnVcpu {
        ModuleCall<?> on(Machine machine, State state, int td, int vcpu, Registers in);
    }

    private static void entry(Map<SeamcallLeaf, Seamcalls.Decoder> own, SeamcallLeaf leaf, OnEntry call) {
        own.put(
                leaf,
                (machine, in, version) -> onTd(
                        leaf,
                        in.rdx(),
                        Register.RDX,
                        (state, td) -> call.on(
                                td, in, page(machine, state, in.r8(), size(leaf, in.rcx())),
                                shared(machine, in.r9()))));
    }

    /** What the leaf makes of its page: TDH.MEM.PAGE.AUG takes one of the entry's size, the others 4K. */
    private static PageSize size(SeamcallLeaf leaf, long rcx) {
        return leaf == SeamcallLeaf.TDH_MEM_PAGE_AUG && SeptOperand.level(rcx) == 1
                ? PageSize.PT_2MB
                : PageSize.PT_4KB;
    }

    /**
     * A leaf of which version 1 tells, in R9 to R11, of tables of L2 VMs that came back: of none, until all is well.
     * Version 0 leaves these registers alone.
     */
    private static void versioned(Map<SeamcallLeaf, Seamcalls.Decoder> own, SeamcallLeaf leaf, Versioned call) {
        own.put(leaf, (machine, in, version) -> {
            ModuleCall<Long> made = version > 1
                    ? new NoSuchVersion(leaf)
                    : onTd(leaf, in.rdx(), Register.RDX, (_, td) -> call.on(td, in.rcx()));
            return version > 0
                    ? new Around(made, outputs -> TablePages.tellL2(outputs, TablesCall.NULL_PA), _ -> {})
                    : new Around(made, _ -> {}, outputs -> keepL2(outputs, in));
        });
    }

    private static void keepL2(Outputs outputs, Registers in) {
        outputs.r9(in.r9());
        outputs.r10(in.r10());
        outputs.r11(in.r11());
    }

    /** One page in R8; where L2 VMs have tables of their own, others in R9 to R11. Bit 0 of RDX is L2_SEPT_ADD_MODE. */
    private static ModuleCall<?> demote(Machine machine, Registers in) {
        long tdr = in.rdx() & ~SPARSE;
        boolean sparse = (in.rdx() & SPARSE) != 0;
        return new AddressedCall(
                SeamcallLeaf.TDH_MEM_PAGE_DEMOTE, tdr, PageType.PT_TDR, Register.RDX,
                (state, td, frame) -> Tdx.of(machine, td).options().has(TdxFeature.L2_TABLES)
                        ? new TdhMemPageDemoteTables(td, in.rcx(), demoted(machine, state, in), sparse)
                        : module(machine).options().version().hasDynamicPamt()
                                ? new TdhMemPageDemoteWithPamt(
                                        td, in.rcx(), page(machine, state, in.r8(), PageSize.PT_4KB),
                                        page(machine, state, in.r12(), PageSize.PT_4KB),
                                        page(machine, state, in.r13(), PageSize.PT_4KB))
                                : new TdhMemPageDemote(
                                        td, in.rcx(), page(machine, state, in.r8(), PageSize.PT_4KB)));
    }

    /**
     * Bit 0 of RDX is ALLOW_EXISTING in either version. R8, and in version 1 R9 to R11, may be no page, and bit 63 of
     * one is of no account; version 1 gives them back without it.
     */
    private static ModuleCall<?> septAdd(Machine machine, Registers in, int version) {
        boolean allowsExisting = (in.rdx() & ALLOW_EXISTING) != 0;
        long tdr = in.rdx() & ~ALLOW_EXISTING;
        if (version > 1) {
            return new NoSuchVersion(SeamcallLeaf.TDH_MEM_SEPT_ADD);
        }
        if (version == 0) {
            return onTd(
                    SeamcallLeaf.TDH_MEM_SEPT_ADD, tdr, Register.RDX,
                    (state, td) -> new Flagged<>(
                            new TdhMemSeptAdd(
                                    td, in.rcx(),
                                    page(machine, state, in.r8() & ~TablesCall.UNUSED, PageSize.PT_4KB)),
                            (tdx, lp) -> TdhMemSeptAdd.bind(
                                    tdx, lp, in.r8() == TablesCall.NULL_PA, allowsExisting)));
        }
        Registers used = new Registers(
                in.rax(), in.rcx(), in.rdx(), used(in.r8()), used(in.r9()), used(in.r10()), used(in.r11()), 0, 0, 0, 0);
        ModuleCall<Long> added = onTd(
                SeamcallLeaf.TDH_MEM_SEPT_ADD, tdr, Register.RDX,
                (state, td) -> new TdhMemSeptAddTables(td, in.rcx(), pages(machine, state, used), allowsExisting));
        return new Around(added, outputs -> {
            outputs.r8(used.r8());
            keepL2(outputs, used);
        }, _ -> {});
    }

    /** Bit 0 of RDX asks for what L1 permits L2 VMs, in R8. */
    private static ModuleCall<?> septRd(Registers in) {
        boolean readsL2 = (in.rdx() & READ_L2_ATTRIBUTES) != 0;
        return onTd(
                SeamcallLeaf.TDH_MEM_SEPT_RD, in.rdx() & ~READ_L2_ATTRIBUTES, Register.RDX,
                (_, td) -> new Flagged<>(
                        new TdhMemSeptRd(td, in.rcx()), (tdx, lp) -> TdhMemSeptRd.bind(tdx, lp, readsL2)));
    }

    /** A register that names a page, without the bit that tells of one that was not used. */
    private static long used(long pa) {
        return pa == TablesCall.NULL_PA ? pa : pa & ~TablesCall.UNUSED;
    }

    /** Pages for TDH.MEM.PAGE.DEMOTE: that in R8 must be one, and bit 63 of the others is of no account. */
    private static List<Frame> demoted(Machine machine, State state, Registers in) {
        List<Frame> pages = new ArrayList<>(pages(
                machine, state, new Registers(
                        in.rax(), in.rcx(), in.rdx(), 0, used(in.r9()), used(in.r10()), used(in.r11()), 0, 0, 0, 0)));
        pages.set(0, page(machine, state, in.r8(), PageSize.PT_4KB));
        return pages;
    }

    /** Those in R8 to R11. */
    private static List<Frame> pages(Machine machine, State state, Registers in) {
        return Stream.of(in.r8(), in.r9(), in.r10(), in.r11())
                .map(pa -> pa == TablesCall.NULL_PA
                        ? TablesCall.NONE
                        : page(machine, state, pa, PageSize.PT_4KB))
                .toList();
    }

    private static void td(
            Map<SeamcallLeaf, Seamcalls.Decoder> own, SeamcallLeaf leaf, IntFunction<ModuleCall<?>> call) {
        own.put(leaf, (machine, in, version) -> onTd(leaf, in.rcx(), Register.RCX, (_, td) -> call.apply(td)));
    }

    private static AddressedCall onTd(
            SeamcallLeaf leaf, long tdr, Register register, OnTd call) {
        return new AddressedCall(leaf, tdr, PageType.PT_TDR, register, (state, td, frame) -> call.on(state, td));
    }

    private static void vcpu(
            Map<SeamcallLeaf, Seamcalls.Decoder> own, SeamcallLeaf leaf, Register register, OnVcpu call) {
        long flags = leaf == SeamcallLeaf.TDH_VP_ENTER ? TdhVpEnterRegisters.FLAGS : 0;
        own.put(
                leaf,
                (machine, in, version) -> new AddressedCall(
                        leaf,
                        register == Register.RCX ? in.rcx() & ~flags : in.rdx(),
                        PageType.PT_TDVPR,
                        register,
                        (state, td, frame) -> call.on(
                                machine, state, td, vcpu(Tdx.of(machine, td), state, frame), in)));
    }

    /** The vCPU whose root page is in {@code frame}. */
    private static int vcpu(Tdx tdx, State state, int frame) {
        for (int vcpu = 0; vcpu < tdx.vcpus().count(); vcpu++) {
            if (tdx.vps().tdvpr(state, vcpu) == frame) {
                return vcpu;
            }
        }
        throw new IllegalStateException("frame " + frame + " is PT_TDVPR of no vCPU");
    }

    /** The first vCPU that has no root page; where every one has, the last, for which the leaf waits. */
    private static int newVcpu(Tdx tdx, State state) {
        int last = tdx.vcpus().count() - 1;
        for (int vcpu = 0; vcpu < last; vcpu++) {
            if (tdx.vps().pages().get(state, vcpu) == 0) {
                return vcpu;
            }
        }
        return last;
    }

    /** The frame of a page of {@code size} that a TD shall have, or what stands for one that is none. */
    private static Frame page(Machine machine, State state, long pa, PageSize size) {
        TdxModule module = module(machine);
        if (!module.options().isPlain(pa, size.bytes())) {
            return FreePage.NONE;
        }
        int frame = module.map().frame(pa);
        if (frame >= 0) {
            return new Frame(frame);
        }
        return module.tdmrs().isReserved(state, pa, size.bytes()) ? FreePage.RESERVED : FreePage.OUTSIDE;
    }

    /** The frame of a page in shared memory, or what stands for one that is none. */
    private static Frame shared(Machine machine, long pa) {
        TdxModule module = module(machine);
        boolean good = module.options().isShared(pa, PageSize.PT_4KB.bytes());
        int frame = good ? module.map().frame(module.options().withoutKeyId(pa)) : -1;
        return frame < 0 ? FreePage.NONE : new Frame(frame);
    }

    private static TdParams params(ModuleOptions options, HostWords memory, long pa) {
        return options.isShared(pa, TdParams.BYTES) ? TdParams.read(memory, pa) : TdParams.ELSEWHERE;
    }

    private static TdxModule module(Machine machine) {
        return machine.part(TdxModule.class);
    }
}
