package org.ringfence.machine.tdx.td;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ringfence.machine.device.DmaTarget;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.module.AddressMap;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.TdControl;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;

/**
 * One trust domain: its Secure EPT, what the module knows of its vCPUs and frames, and the shared EPT that its host
 * keeps.
 *
 * <p>The mechanism: the host decides which frame backs a private page, but only the TDX module writes the Secure EPT,
 * and only so: a page is added PENDING, with whatever the frame holds; the guest's TDG.MEM.PAGE.ACCEPT zeroes it under
 * the TD's key and makes it MAPPED; to take it away the host blocks it, waits until no vCPU can hold its translation,
 * and removes it; from where only a new accept brings it back, zeroed. A frame is in one place at most, which the
 * module's PAMT ensures. What the host writes to a frame of the TD's, it writes under another key and with the TD-owner
 * bit cleared: the TD's next read is a machine check and the TD is fatal.
 *
 * <p>A machine has one part of this type for each TD; operations find theirs by its number, {@link #of}. Migration is
 * left out.
 *
 * @param td the number of the TD, from 0
 * @param admission what keeps the host's leaves from the TD
 * @param access how software in the TD reaches memory
 * @param guards the module's checks that are off
 */
public record Tdx(
        int td,
        Geometry geometry,
        Memory memory,
        TdOptions options,
        Sept sept,
        TdRoot root,
        Epochs epochs,
        Vcpus vcpus,
        Tdvps vps,
        VcpuContext inside,
        Translations translations,
        Tdcs control,
        TdLocks locks,
        Admission admission,
        GuestAccess access,
        ZeroSteps steps,
        Guards guards)
        implements
            GuestMemory,
            DmaTarget,
            TdControl {

    private static final Value[] VALUES = Value.values();

    /**
     * Declares a TD whose key is 1.
     *
     * @param memory also gives the geometry
     * @param cpus the actors, of which those from 0 to {@code vcpus - 1} are the TD's vCPUs
     * @param vcpus actors that the host can kick out and resume; an L2 beyond them only reads and writes
     */
    public static Tdx declare(
            Declaration declaration, Memory memory, Cpus cpus, int vcpus, Set<TdxFeature> features) {
        return declare(declaration, memory, cpus, vcpus, features, Guards.allOn());
    }

    /** As {@link #declare(Declaration, Memory, Cpus, int, Set)}, with some of the checks of {@link TdxGuard} off. */
    public static Tdx declare(
            Declaration declaration, Memory memory, Cpus cpus, int vcpus, Set<TdxFeature> features, Guards guards) {
        return declare(declaration, memory, cpus, List.of(vcpus), TdOptions.of(features), guards).getFirst();
    }

    /**
     * Declares as many TDs as {@code vcpus} has numbers, with the keys 1, 2 and so on.
     *
     * @param vcpus how many each TD has: the first has the actors from 0 on, the next those that follow
     * @param options of each TD
     */
    public static List<Tdx> declare(
            Declaration declaration, Memory memory, Cpus cpus, List<Integer> vcpus, TdOptions options, Guards guards) {
        return declare(declaration, memory, cpus, vcpus, options, guards, Optional.empty());
    }

    /**
     * As {@link #declare(Declaration, Memory, Cpus, List, TdOptions, Guards)}; with a module that keeps their root
     * pages and the PAMT, each TD comes into being by TDH.MNG.CREATE, in the order of its numbers. Such TDs need
     * {@link TdxFeature#ASSOCIATION}.
     */
    public static List<Tdx> declare(
            Declaration declaration,
            Memory memory,
            Cpus cpus,
            List<Integer> vcpus,
            TdOptions options,
            Guards guards,
            Optional<TdxModule> module) {
        if (module.isPresent() && !options.has(TdxFeature.ASSOCIATION)) {
            throw new IllegalArgumentException(
                    "vCPUs of a TD that is built by its host are associated with logical CPUs");
        }
        Geometry geometry = memory.geometry();
        List<String> names = new ArrayList<>();
        List<Sept> trees = new ArrayList<>();
        for (int td = 0; td < vcpus.size(); td++) {
            names.add(vcpus.size() == 1 ? "" : "TD " + td + " ");
            trees.add(Sept.declare(
                    declaration, geometry, options.sept(geometry, names.get(td)), addresses(geometry, module)));
        }
        FramesInUse frames = FramesInUse.declare(declaration, geometry, module.isPresent() ? List.of() : trees);
        List<Flag> fatal = new ArrayList<>();
        for (int td = 0; td < vcpus.size() && module.isEmpty(); td++) {
            fatal.add(declaration.single(vcpus.size() == 1 ? "TD" : "TD " + td).flag("fatal"));
        }
        List<Tdx> tds = new ArrayList<>();
        int lps = vcpus.stream().mapToInt(Integer::intValue).sum() + 1;
        Bounded last = Tdvps.declareLast(declaration, options.has(TdxFeature.ASSOCIATION), lps);
        int first = 0;
        for (int td = 0; td < vcpus.size(); td++) {
            int count = vcpus.get(td);
            Sept sept = trees.get(td);
            Declaration own = declaration.of(names.get(td));
            Translations translations = Translations.declare(
                    own, options.has(TdxFeature.TLBS), lps, options.l2Vms(), geometry.pages());
            Epochs epochs = Epochs.declare(
                    own,
                    options.has(TdxFeature.TLB_TRACKING),
                    options.has(TdxFeature.TLBS),
                    sept,
                    cpus,
                    first,
                    count);
            Vcpus entering = Vcpus.declare(own, geometry, cpus, epochs, first, count, options);
            boolean life = module.isPresent();
            Tdvps vps = Tdvps.declare(own, life, options.has(TdxFeature.ASSOCIATION), first, count, lps, last);
            VcpuContext inside = VcpuContext.declare(own, options, count, geometry.pages());
            Tdcs control = Tdcs.declare(own, life, count, options);
            TdLocks locks = TdLocks.declare(
                    own,
                    options.has(TdxFeature.TD_LOCKS),
                    LeavesUnderWay.declare(
                            own, geometry, options.has(TdxFeature.STEPS), cpus.actors(), count));
            FrameRef shared = own.table(
                    "shared EPT", "page", options.has(TdxFeature.SHARED_PAGES) ? geometry.pages() : 0)
                    .frame("frame");
            TdRoot root = life
                    ? ModuleRoot.of(module.get(), td, guards)
                    : new GivenRoot(
                            td + 1,
                            fatal.get(td),
                            fatal,
                            guards.checks(TdxGuard.TD_IS_NOT_FATAL),
                            locks,
                            frames,
                            sept);
            ZeroSteps steps =
                    ZeroSteps.declare(own, options.has(TdxFeature.ZERO_STEP), count, geometry.pages());
            GuestAccess access = new GuestAccess(
                    memory,
                    control,
                    sept,
                    root,
                    entering,
                    vps,
                    inside,
                    translations,
                    shared,
                    steps,
                    guards.checks(TdxGuard.ALIAS_WAITS_FOR_ACCEPT));
            tds.add(new Tdx(
                    td, geometry, memory, options, sept, root, epochs, entering, vps, inside, translations, control,
                    locks, Admission.of(root, locks, control, entering, vps, guards), access, steps, guards));
            first += count;
        }
        return tds.size() == 1 ? List.copyOf(tds) : tds.stream().map(tdx -> tdx.among(tds)).toList();
    }

    /** This, where leaves see what vCPUs of the other TDs hold. */
    private Tdx among(List<Tdx> tds) {
        return new Tdx(
                td, geometry, memory, options, sept, root, epochs, vcpus, vps, inside, translations, control, locks,
                admission.among(tds.stream().filter(other -> other.td != td).map(Tdx::admission).toList()), access,
                steps, guards);
    }

    private static AddressMap addresses(Geometry geometry, Optional<TdxModule> module) {
        return module.map(TdxModule::map).orElseGet(() -> AddressMap.flat(geometry));
    }

    /** The TD of this number. */
    public static Tdx of(Machine machine, int td) {
        for (Tdx tdx : machine.parts(Tdx.class)) {
            if (tdx.td == td) {
                return tdx;
            }
        }
        throw new IllegalArgumentException("the machine has no TD " + td);
    }

    /** The TD that {@code actor} runs, or is an L2 of. */
    public static Tdx of(Machine machine, Actor actor) {
        for (Tdx tdx : machine.parts(Tdx.class)) {
            if (tdx.vcpus.has(actor.index())) {
                return tdx;
            }
        }
        return machine.part(Tdx.class);
    }

    /**
     * What a SEAMCALL prints after its name of the TD that it is on; nothing of the first, which most machines have
     * alone.
     */
    public static String printed(int td) {
        return td == 0 ? "" : " TD " + td;
    }

    // ---- how a machine begins

    /**
     * Makes {@code state}, which is new, the state of a TD that is RUNNABLE and has no pages; where the module builds
     * TDs, of none.
     */
    public void start(State state) {
        if (root.hasLife()) {
            leaveAll(state);
            return;
        }
        if (options.has(TdxFeature.ASSOCIATION)) {
            for (int vcpu = 0; vcpu < vcpus.count(); vcpu++) {
                vps.associate(state, vcpu, vcpus.first() + vcpu);
                vps.takesOver(state, vcpu);
            }
        }
        if (options.has(TdxFeature.SEPT_PAGES)) {
            for (int level = 1; level < sept.options().kept(); level++) {
                for (int index = 0; index < sept.table(level).count(); index++) {
                    sept.table(level).state().set(state, index, SeptState.NL_MAPPED);
                }
            }
        }
    }

    /**
     * Gives the 2M around {@code page} a table of 4K entries, as TDH.MEM.SEPT.ADD did before the TD ran; it takes no
     * frame.
     */
    public void addSeptPage(State state, int page) {
        int index = sept.index(page, 1);
        if (!sept.pd().state().is(state, index, SeptState.FREE)) {
            throw new IllegalArgumentException("the 2M entry around page " + page + " is not FREE");
        }
        sept.pd().state().set(state, index, SeptState.NL_MAPPED);
    }

    /**
     * Puts {@code contents} at {@code page} as TDH.MEM.PAGE.ADD did before the TD was finalized: measured, and MAPPED.
     */
    public void launch(State state, Optional<Ledger> ledger, int page, int frame, Value contents) {
        if (sept.reached(state, page, 0) != 0
                || !sept.pt().state().is(state, page, SeptState.FREE)
                || !isFree(state, frame, 1)) {
            throw new IllegalArgumentException("page " + page + " cannot be launched in frame " + frame
                    + ": the page has no FREE entry of 4K, or the frame is in use");
        }
        put(state, page, 0, SeptState.MAPPED, frame);
        memory.write(state, frame, contents, keyId(state));
        ledger.ifPresent(owed -> owed.launched(state, page, contents));
    }

    // ---- what leaves share

    /** Whether the module has none of the frames from {@code frame} on in use, or held. */
    public boolean isFree(State state, int frame, int span) {
        for (int i = 0; i < span; i++) {
            if (!root.isFree(state, frame + i)) {
                return false;
            }
        }
        return true;
    }

    /** The module's number of the logical processor that {@code actor} is. */
    public int lp(Actor actor) {
        return root.lp(actor);
    }

    /** The key that private pages are written under. */
    public int keyId(State state) {
        return root.keyId(state);
    }

    /** Whether the TD consumed poison: TDR.FATAL. */
    public boolean isFatal(State state) {
        return root.isFatal(state);
    }

    /** Makes an entry hold a page, in frames that the TD now has in use. */
    public void put(State state, int page, int level, SeptState leaf, int frame) {
        SeptTable table = sept.table(level);
        table.map(state, sept.index(page, level), leaf, frame);
        root.take(state, frame, level, PageType.PT_REG);
    }

    /** A page, or with level 0 a table, is in use by the TD no more. */
    public void giveBack(State state, int frame, int level) {
        if (frame != FrameRef.NONE) {
            root.giveBack(state, frame, level);
        }
    }

    /** The state of the entry of {@code level} around {@code page}. */
    public SeptState state(State state, int page, Level level) {
        return sept.state(state, page, level.ordinal());
    }

    /** The physical address of a frame, laid out as guest physical addresses are. */
    public long hpa(int frame) {
        return sept.hpa(frame);
    }

    /**
     * Whether a guest must give way: the entry is locked, or the host waits for it. Source: tdx_locks.h
     * (sept_lock_acquire_guest).
     */
    public boolean isLocked(State state, int page, int level) {
        if (!sept.keeps(level) || !sept.options().locks()) {
            return false;
        }
        SeptTable table = sept.table(level);
        int index = sept.index(page, level);
        return table.lock().get(state, index) != 0 || table.hostPriority().get(state, index) != 0;
    }

    /** Whether L2 VMs exist. */
    public boolean hasL2() {
        return options.l2Vms() > 0;
    }

    /**
     * The module copies a page of the TD to another frame, under the TD's key. What it reads that was not written under
     * that key is poison to it too: a module that consumes poison is gone, and with it every TD.
     */
    public void copyPage(State state, int lp, int from, int to) {
        fill(state, lp, to, memory.read(state, from, keyId(state)));
    }

    /** The module puts what it has {@code read} into a frame of the TD; where that was poison, it is gone. */
    public void fill(State state, int lp, int to, int read) {
        if (read < 0) {
            root.consume(state, lp);
        } else {
            memory.write(state, to, VALUES[read], keyId(state));
        }
    }

    /** How many L2 VMs the TD has. */
    public int l2Vms(State state) {
        return control.l2Vms(state);
    }

    // ---- what the module as a system asks

    @Override
    public int opState(State state) {
        return control.opState(state).ordinal();
    }

    @Override
    public int associatedVcpus(State state) {
        return vps.countAssociated(state, vcpus.count());
    }

    @Override
    public int vcpuPages(State state) {
        return vps.countBesideRoots(state, vcpus.count());
    }

    @Override
    public boolean holds(State state, int frame) {
        return admission.holds(state, frame, 1);
    }

    @Override
    public void forget(State state) {
        sept.forget(state);
        control.forget(state);
        translations.forget(state);
        leaveAll(state);
        for (int vcpu = 0; vcpu < vcpus.count(); vcpu++) {
            vps.forget(state, vcpu);
            epochs.entered().set(state, vcpu, 0);
            inside.forget(state, vcpu);
            steps.progress(state, vcpu);
        }
    }

    private void leaveAll(State state) {
        for (int vcpu = 0; vcpu < vcpus.count(); vcpu++) {
            vcpus.stop(state, vcpu);
        }
    }

    // ---- access by the guest

    @Override
    public boolean has(Actor actor) {
        return vcpus.has(actor.index());
    }

    /** Whether {@code actor} is inside the TD and the TD can run. */
    public boolean runs(State state, Actor actor) {
        return access.runs(state, actor);
    }

    /** Refuses a TDCALL by anyone but L1: an L2's TDCALL goes to L1. */
    public void requireL1(Actor actor, ModuleCall<?> call) {
        if (actor.principal() != Principal.GUEST || !vcpus.has(actor.index())) {
            throw new IllegalArgumentException(actor + " asks for " + call + "; it is no vCPU of this TD's L1");
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Private: the page if it is MAPPED and, for a read, was last written under the TD's key; a machine check
     * otherwise. What is not there leaves for the host; a pending page raises #VE or, with SEPT_VE_DISABLE, leaves. An
     * L2 goes through its alias; where L1 could let it on, it goes to L1 and waits. Shared: what the host has mapped,
     * unchecked.
     */
    @Override
    public long access(State state, Actor actor, int page, Mapping mapping, boolean write) {
        return access.to(state, actor, page, mapping, write);
    }

    @Override
    public int key(State state, Mapping mapping) {
        return access.key(state, mapping);
    }

    @Override
    public int read(State state, Memory contents, int frame, Mapping mapping) {
        return access.read(state, contents, frame, mapping);
    }

    /** What the Secure EPT has for the page, and what the shared one has. */
    @Override
    public int frames(State state, int page) {
        int level = sept.reached(state, page, 0);
        boolean isShared = hasShared() && sharedFrame().get(state, page) != FrameRef.NONE;
        return (sept.state(state, page, level) == SeptState.FREE ? 0 : 1) + (isShared ? 1 : 0);
    }

    /** Whether the host's shared EPT is kept. */
    public boolean hasShared() {
        return options.has(TdxFeature.SHARED_PAGES);
    }

    /** What the host's shared EPT maps for each page. */
    public FrameRef sharedFrame() {
        return access.sharedFrame();
    }

    @Override
    public String toString() {
        return (td == 0 ? "TD" : "TD " + td) + " with " + geometry;
    }

    @Override
    public void require(Mapping mapping) {
        if (mapping == Mapping.SHARED) {
            access.requireShared();
        }
    }

    /** By the shared EPT's translations: there are none for a private page. */
    @Override
    public int dmaFrame(State state, int page) {
        return hasShared() ? sharedFrame().get(state, page) : -1;
    }
}
