package org.ringfence.machine.tdx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.memory.Tlbs;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.Locks.Held;
import org.ringfence.machine.tdx.Locks.Kind;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.sept.PageAttributes;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;

/**
 * One trust domain: its Secure EPT, what the module knows of its vCPUs and frames, and the shared EPT that its host keeps.
 *
 * <p>The mechanism: the host decides which frame backs a private page, but only the TDX module writes the Secure EPT, and only so: a page is
 * added PENDING, with whatever the frame holds; the guest's TDG.MEM.PAGE.ACCEPT zeroes it under the TD's key and makes it MAPPED; to take it away
 * the host blocks it, waits until no vCPU can hold its translation, and removes it; from where only a new accept brings it back, zeroed. A frame
 * is in one place at most, which the module's PAMT ensures. What the host writes to a frame of the TD's, it writes under another key and with the
 * TD-owner bit cleared: the TD's next read is a machine check and the TD is fatal.
 *
 * <p>A machine has one part of this type for each TD; operations find theirs by its number, {@link #of}. Migration is left out.
 *
 * @param td the number of the TD, from 0
 * @param keyId the key of {@link Memory} that private pages are written under
 * @param sharedFrame what the host's shared EPT maps for each page
 * @param fatal the TD consumed poison: TDR.FATAL
 * @param guards the module's checks that are off
 */
public record Tdx(
        int td,
        Geometry geometry,
        Memory memory,
        int keyId,
        TdOptions options,
        Sept sept,
        Frames frames,
        Epochs epochs,
        Vcpus vcpus,
        Vps vps,
        Inside inside,
        Translations translations,
        Control control,
        Locks locks,
        FrameRef sharedFrame,
        Flag fatal,
        Guards guards)
        implements
            GuestMemory {

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
        Geometry geometry = memory.geometry();
        List<String> names = new ArrayList<>();
        List<Sept> trees = new ArrayList<>();
        for (int td = 0; td < vcpus.size(); td++) {
            names.add(vcpus.size() == 1 ? "" : "TD " + td + " ");
            trees.add(Sept.declare(declaration, geometry, options.sept(geometry, names.get(td))));
        }
        boolean life = options.has(TdxFeature.LIFE);
        Frames frames = Frames.declare(declaration, geometry, trees, life);
        List<Tdx> tds = new ArrayList<>();
        int lps = vcpus.stream().mapToInt(Integer::intValue).sum() + 1;
        Bounded last = Vps.declareLast(declaration, options.has(TdxFeature.ASSOCIATION), lps);
        int first = 0;
        for (int td = 0; td < vcpus.size(); td++) {
            int count = vcpus.get(td);
            Translations translations = Translations.declare(
                    declaration, options.has(TdxFeature.TLBS), lps, options.l2Vms(), geometry.pages());
            Epochs epochs = Epochs.declare(
                    declaration,
                    options.has(TdxFeature.TLB_TRACKING),
                    options.has(TdxFeature.TLBS),
                    trees.get(td),
                    cpus,
                    first,
                    count);
            Vcpus entering = Vcpus.declare(declaration, geometry, cpus, epochs, first, count, options);
            tds.add(new Tdx(
                    td,
                    geometry,
                    memory,
                    td + 1,
                    options,
                    trees.get(td),
                    frames,
                    epochs,
                    entering,
                    Vps.declare(declaration, life, options.has(TdxFeature.ASSOCIATION), first, count, lps, last),
                    Inside.declare(declaration, options, count, geometry.pages()),
                    translations,
                    Control.declare(declaration, life, count, geometry.frames()),
                    Locks.declare(declaration, options.has(TdxFeature.TD_LOCKS)),
                    declaration
                            .table(
                                    names.get(td) + "shared EPT",
                                    "page",
                                    options.has(TdxFeature.SHARED_PAGES) ? geometry.pages() : 0)
                            .frame("frame"),
                    declaration.single(vcpus.size() == 1 ? "TD" : "TD " + td).flag("fatal"),
                    guards));
            first += count;
        }
        return List.copyOf(tds);
    }

    /** The TD of this number. */
    public static Tdx of(Machine machine, int td) {
        for (Record part : machine.parts()) {
            if (part instanceof Tdx tdx && tdx.td == td) {
                return tdx;
            }
        }
        throw new IllegalArgumentException("the machine has no TD " + td);
    }

    /** The TD that {@code actor} runs, or is an L2 of. */
    public static Tdx of(Machine machine, Actor actor) {
        for (Record part : machine.parts()) {
            if (part instanceof Tdx tdx && tdx.vcpus.has(actor.index())) {
                return tdx;
            }
        }
        return machine.part(Tdx.class);
    }

    // ---- how a machine begins

    /** Makes {@code state}, which is new, the state of a TD that is RUNNABLE and has no pages; with a {@link TdxFeature#LIFE}, of one with its key and the pages of its TDCS. */
    public void start(State state) {
        if (control.kept()) {
            control.keyed().set(state, 1);
            control.tdcx().set(state, Control.LEAST_TDCX + options.l2Vms());
            for (int vcpu = 0; vcpu < vcpus.count(); vcpu++) {
                vcpus.cpus().status().set(state, vcpus.first() + vcpu, Cpus.Status.EXITED);
            }
        } else if (options.has(TdxFeature.ASSOCIATION)) {
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

    /** Gives the 2M around {@code page} a table of 4K entries, as TDH.MEM.SEPT.ADD did before the TD ran; it takes no frame. */
    public void addSeptPage(State state, int page) {
        int index = sept.index(page, 1);
        if (!sept.pd().state().is(state, index, SeptState.FREE)) {
            throw new IllegalArgumentException("the 2M entry around page " + page + " is not FREE");
        }
        sept.pd().state().set(state, index, SeptState.NL_MAPPED);
    }

    /** Puts {@code contents} at {@code page} as TDH.MEM.PAGE.ADD did before the TD was finalized: measured, and MAPPED. */
    public void launch(State state, Optional<Ledger> ledger, int page, int frame, Value contents) {
        if (sept.reached(state, page, 0) != 0
                || !sept.pt().state().is(state, page, SeptState.FREE)
                || !frames.isFree(state, frame, 1)) {
            throw new IllegalArgumentException("page " + page + " cannot be launched in frame " + frame
                    + ": the page has no FREE entry of 4K, or the frame is in use");
        }
        put(state, page, 0, SeptState.MAPPED, frame);
        memory.write(state, frame, contents, keyId);
        ledger.ifPresent(owed -> owed.launched(state, page, contents));
    }

    // ---- what leaves share

    /** Whether a leaf of the host's that wants the TD so, in these OP_STATEs, is refused. Source: helpers.c (check_state_map_tdcs_and_lock). */
    Refusal refuses(State state, Held tdr, int opStates) {
        if (locks.isBusy(state, Kind.TDR, tdr)) {
            return Refusal.TDX_OPERAND_BUSY_RDX;
        }
        if (refusesFatal(state)) {
            return Refusal.TDX_TD_FATAL;
        }
        if (control.kept()) {
            if (control.keyed().get(state) == 0) {
                return Refusal.TDX_TD_KEYS_NOT_CONFIGURED;
            }
            if (control.tdcx().get(state) < Control.LEAST_TDCX) {
                return Refusal.TDX_TDCS_NOT_ALLOCATED;
            }
        }
        if (tdr != Held.EXCLUSIVE && locks.isBusy(state, Kind.OP_STATE, Held.SHARED)) {
            return Refusal.TDX_OPERAND_BUSY_OP_STATE;
        }
        return (opStates >> control.opState(state).ordinal() & 1) == 0
                ? Refusal.TDX_OP_STATE_INCORRECT
                : Refusal.TDX_SUCCESS;
    }

    /** Whether a leaf that works on a TD's memory is refused because the TD is fatal. */
    boolean refusesFatal(State state) {
        return fatal.get(state) && guards.checks(TdxGuard.TD_IS_NOT_FATAL);
    }

    /** Makes an entry hold a page, in frames that the TD now has in use. */
    void put(State state, int page, int level, SeptState leaf, int frame) {
        SeptTable table = sept.table(level);
        table.map(state, sept.index(page, level), leaf, frame);
        use(state, frame, table.span(), Frames.Type.REG);
    }

    /** Frames come into use by the TD. */
    void use(State state, int frame, int span, Frames.Type type) {
        frames.set(state, frame, span, type);
        control.addChildren(state, span);
    }

    /** Frames are in use by the TD no more. */
    void giveBack(State state, int frame, int span) {
        if (frame != FrameRef.NONE) {
            frames.set(state, frame, span, Frames.Type.NDA);
            control.addChildren(state, -span);
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

    /** Whether a guest must give way: the entry is locked, or the host waits for it. Source: tdx_locks.h (sept_lock_acquire_guest). */
    boolean isLocked(State state, int page, int level) {
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
     * The module copies a page of the TD to another frame, under the TD's key. What it reads that was not written under that key is poison to it too; a module
     * that consumes poison is gone, and with it every TD: here, this one is fatal.
     */
    void copyPage(State state, int from, int to) {
        fill(state, to, memory.read(state, from, keyId));
    }

    /** The module puts what it has {@code read} into a frame of the TD; where that was poison, it is gone. */
    void fill(State state, int to, int read) {
        if (read < 0) {
            fatal.set(state, true);
            state.observe(Property.AVAILABILITY.broken());
        } else {
            memory.write(state, to, VALUES[read], keyId);
        }
    }

    /** What L1 lets L2 VM 1 do with {@code page}. */
    public L2Access l2Access(State state, int page) {
        return L2Access.of(sept.attributes(state, page, sept.reached(state, page, 0), 1));
    }

    /** Whether L1 has the page mapped and L2 VM {@code vm} may read it. */
    boolean isGranted(State state, int page, int vm) {
        int level = sept.reached(state, page, 0);
        SeptState found = sept.state(state, page, level);
        return (found == SeptState.MAPPED || found == SeptState.PENDING && !aliasWaits())
                && (sept.attributes(state, page, level, vm) & PageAttributes.READ) != 0;
    }

    /** Whether the alias of a pending page is blocked until L1 has accepted the page. */
    private boolean aliasWaits() {
        return guards.checks(TdxGuard.ALIAS_WAITS_FOR_ACCEPT);
    }

    // ---- access by the guest

    /** Whether {@code actor} is inside the TD and the TD can run. */
    boolean runs(State state, Actor actor) {
        if (fatal.get(state) || vcpus.isWithHost(state, actor.index())) {
            return false;
        }
        if (!vcpus.has(actor.index())) {
            return true;
        }
        int vcpu = vcpus.of(actor);
        return !inside.isDead(state, vcpu)
                && (!inside.entersL2() || actor.principal() == Principal.GUEST == inside.isL1(state, vcpu))
                && vps.isReady(state, vcpu);
    }

    /** Refuses a TDCALL by anyone but L1: an L2's TDCALL goes to L1. */
    void requireL1(Actor actor, ModuleCall<?> call) {
        if (actor.principal() != Principal.GUEST || !vcpus.has(actor.index())) {
            throw new IllegalArgumentException(actor + " asks for " + call + "; it is no vCPU of this TD's L1");
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Private: the page if it is MAPPED and, for a read, was last written under the TD's key; a machine check otherwise. What is not
     * there leaves for the host; a pending page raises #VE or, with SEPT_VE_DISABLE, leaves. An L2 goes through its alias; where L1 could
     * let it on, it goes to L1 and waits. Shared: what the host has mapped, unchecked.
     *
     * <p>Source: TDX module 1.5.01, td_ept_violation.c, td_l2_ept_violation.c; machine checks as in Intel TDX Module Base Architecture
     * Specification, chapter 16.
     */
    @Override
    public long access(State state, Actor actor, int page, Mapping mapping, boolean write) {
        if (!runs(state, actor)) {
            return Outcome.WAITS;
        }
        int vm = actor.principal() == Principal.INNER_GUEST ? l2(state, actor) : 0;
        int context = translations.context(vm, mapping);
        int cpu = cpu(state, actor);
        int kept = translations.usable(state, cpu, context, page, write);
        if (kept != Tlbs.NONE) {
            return mapping == Mapping.SHARED ? stillShared(state, actor, page, kept, write)
                    : checked(state, actor, kept, write);
        }
        if (mapping == Mapping.SHARED) {
            requireShared();
            int frame = sharedFrame.get(state, page);
            if (frame == FrameRef.NONE) {
                return exit(state, actor, ExitReason.SHARED_EPT_VIOLATION, page);
            }
            translations.fill(state, cpu, context, page, frame, Translations.READ | Translations.WRITE);
            return stillShared(state, actor, page, frame, write);
        }
        int level = sept.reached(state, page, 0);
        SeptState found = sept.state(state, page, level);
        if (actor.principal() == Principal.INNER_GUEST && isForL1(state, page, level, vm, found, write)) {
            return toL1(state, actor);
        }
        if (found == SeptState.MAPPED || vm > 0 && found == SeptState.PENDING) {
            int frame = sept.frame(state, page, level);
            int rights = vm == 0 ? PageAttributes.READ | PageAttributes.WRITE : sept.attributes(state, page, level, vm);
            translations.fill(state, cpu, context, page, frame, rights & (Translations.READ | Translations.WRITE));
            return checked(state, actor, frame, write);
        }
        if (found == SeptState.PENDING) {
            return options.has(TdxFeature.SEPT_VE_DISABLE)
                    ? exit(state, actor, ExitReason.PENDING_EPT_VIOLATION, page)
                    : raise(state, actor, page);
        }
        return exit(state, actor, ExitReason.EPT_VIOLATION, page);
    }

    /** The L2 VM that an L2 actor is. */
    private int l2(State state, Actor actor) {
        return inside.entersL2() && vcpus.has(actor.index()) ? inside.l2(state, vcpus.of(actor)) : 1;
    }

    /** What an L2 did goes to L1: an L2 that shares L1's vCPU exits, another waits. */
    private long toL1(State state, Actor actor) {
        if (!inside.entersL2() || !vcpus.has(actor.index())) {
            return Outcome.WAITS;
        }
        inside.toL1(state, vcpus.of(actor));
        return Outcome.EXITS;
    }

    private long raise(State state, Actor actor, int page) {
        if (vcpus.has(actor.index()) && inside.raise(state, vcpus.of(actor), page)) {
            state.observe(Property.AVAILABILITY.broken());
            return Outcome.EXITS;
        }
        return VIRTUALIZATION_EXCEPTION;
    }

    /** The logical CPU on which {@code actor} runs. */
    private int cpu(State state, Actor actor) {
        return vcpus.has(actor.index()) ? vps.cpu(state, vcpus.of(actor)) : vcpus.first() + vcpus.count();
    }

    /**
     * The frame of a shared translation, or a machine check where a read of it finds poison. A write through one that was kept and that the host has taken back, to memory
     * that is the host's own again, hurts the host.
     */
    private long stillShared(State state, Actor actor, int page, int frame, boolean write) {
        if (write && translations.tlbs().present()) {
            boolean hurts = sharedFrame.get(state, page) != frame && frames.isFree(state, frame, 1);
            state.observe(hurts ? Property.HOST_SAFETY.broken() : Property.HOST_SAFETY.exercised());
        }
        boolean poison = !write && memory.options().poison() && memory.read(state, frame, 0) == Memory.POISON;
        return poison ? machineCheck(state, actor) : frame;
    }

    /** The frame, or a machine check where a read of it finds poison. Memory that checks nothing stands for one that knows whose each line is. */
    private long checked(State state, Actor actor, int frame, boolean write) {
        if (write) {
            return frame;
        }
        int found = memory.read(state, frame, keyId);
        boolean poison = found == Memory.POISON
                || found == Memory.JUNK && memory.options().integrity() == MemoryOptions.Integrity.NONE;
        return poison ? machineCheck(state, actor) : frame;
    }

    /** Whether an L2's access is L1's to decide: the page is there for L1, and the alias does not allow the access. */
    private boolean isForL1(State state, int page, int level, int vm, SeptState found, boolean write) {
        if (found == SeptState.PENDING && aliasWaits()) {
            return true;
        }
        int needed = PageAttributes.READ | (write ? PageAttributes.WRITE : 0);
        return (found == SeptState.MAPPED || found == SeptState.PENDING)
                && (sept.attributes(state, page, level, vm) & needed) != needed;
    }

    private long exit(State state, Actor actor, ExitReason reason, int page) {
        if (!vcpus.has(actor.index())) {
            return Outcome.WAITS;
        }
        vcpus.exit(state, vcpus.of(actor), reason, page, 0, 0, SeptState.FREE);
        return Outcome.EXITS;
    }

    private long machineCheck(State state, Actor actor) {
        fatal.set(state, true);
        state.observe(Property.AVAILABILITY.broken());
        if (vcpus.has(actor.index())) {
            vcpus.exit(state, vcpus.of(actor), ExitReason.MACHINE_CHECK);
        }
        return Outcome.EXITS;
    }

    @Override
    public int key(Mapping mapping) {
        return switch (mapping) {
            case PRIVATE -> keyId;
            case SHARED -> {
                requireShared();
                yield 0;
            }
        };
    }

    /** Refuses what needs shared pages on a machine that has none. */
    void requireShared() {
        if (!options.has(TdxFeature.SHARED_PAGES)) {
            throw new IllegalStateException(
                    "a routine uses shared pages, and the machine has none: it lacks the feature SHARED_PAGES");
        }
    }

    @Override
    public int read(State state, Memory contents, int frame, Mapping mapping) {
        return mapping == Mapping.SHARED ? readShared(state, frame) : contents.read(state, frame, keyId);
    }

    /**
     * What a read of {@code frame} under KeyID 0 finds, an answer of {@link Memory#read}: zeroes where the line belongs to a TD. Memory that checks nothing stands for one that
     * knows whose each line is.
     */
    int readShared(State state, int frame) {
        if (memory.options().integrity() != MemoryOptions.Integrity.NONE) {
            return memory.read(state, frame, 0);
        }
        return memory.writtenUnder().get(state, frame) == 0
                ? memory.value().ordinal(state, frame)
                : Value.ZERO.ordinal();
    }

    // ---- TD exits

    /** Whether the host's shared EPT is kept. */
    public boolean hasShared() {
        return options.has(TdxFeature.SHARED_PAGES);
    }

    /** Why {@code vcpu} is with the host; {@link ExitReason#NONE} when it is not, or when exits keep no details. */
    public ExitReason exitReason(State state, int vcpu) {
        return vcpus.detailed() ? vcpus.reason().get(state, vcpu) : ExitReason.NONE;
    }

    /** The page of the exit of {@code vcpu}. */
    public int exitPage(State state, int vcpu) {
        return vcpus.page().get(state, vcpu);
    }

    /**
     * What TDH.VP.ENTER returns for an exit of {@code vcpu}: RAX, RCX the exit qualification, RDX the extended one. The qualification of a
     * plain access (bits of the processor's own) is left out. Source: TDX module 1.5.01, td_other_exits.c (async_tdexit_ept_violation).
     */
    public Registers exitRegisters(State state, int vcpu) {
        ExitReason reason = exitReason(state, vcpu);
        if (!reason.qualifiesLevels()) {
            return Registers.of(reason.rax(), 0, reason.qualificationType());
        }
        SeptState found = vcpus.found().get(state, vcpu);
        long permissions = found.bits() & 7;
        long info = vcpus.requested().get(state, vcpu)
                | (long) vcpus.reached().get(state, vcpu) << 3
                | (long) found.architectural() << 6
                | (found.isLeaf() ? 1L << 14 : 0);
        return Registers.of(reason.rax(), 1 << 1 | permissions << 3, info << 32 | reason.qualificationType());
    }

    @Override
    public String toString() {
        return "TD with " + geometry;
    }
}
