package org.ringfence.machine.tdx;

import java.util.Optional;
import java.util.Set;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.abi.TdxGuard;

/**
 * One running trust domain: its Secure EPT, what the module knows of its vCPUs and frames, and the shared EPT that its host keeps.
 *
 * <p>The mechanism: the host decides which frame backs a private page, but only the TDX module writes the Secure EPT, and only so: a page is
 * added PENDING, with whatever the frame holds; the guest's TDG.MEM.PAGE.ACCEPT zeroes it under the TD's key and makes it MAPPED; to take it away
 * the host blocks it, waits until no vCPU can hold its translation, and removes it; from where only a new accept brings it back, zeroed. A frame
 * is in one place at most, which the module's PAMT ensures. What the host writes to a frame of the TD's, it writes under another key and with the
 * TD-owner bit cleared: the TD's next read is a machine check and the TD is fatal.
 *
 * <p>What is left out here and comes later: the Secure EPT's own pages and their adding, removal, promotion and demotion, stale translations
 * (TLBs), caches, key management and teardown, migration.
 *
 * @param keyId the key of {@link Memory} that private pages are written under
 * @param small entries of level 0
 * @param large entries of level 1; none on a machine without large pages, where every entry of level 1 is NL_MAPPED for good
 * @param sharedFrame what the host's shared EPT maps for each page
 * @param fatal the TD consumed poison: TDR.FATAL
 * @param registered for machines of more than 64 frames, whether the PAMT holds PT_REG for a frame; else this follows from the Secure EPT
 * @param septVeDisable {@link TdxFeature#SEPT_VE_DISABLE}
 * @param hasSeptPages {@link TdxFeature#SEPT_PAGES}
 * @param hasShared {@link TdxFeature#SHARED_PAGES}
 * @param hasL2 {@link TdxFeature#L2_VM}
 * @param guards the module's checks that are off
 */
public record Tdx(
        Geometry geometry,
        Memory memory,
        int keyId,
        SeptTable small,
        SeptTable large,
        Epochs epochs,
        Vcpus vcpus,
        FrameRef sharedFrame,
        Flag fatal,
        Bounded registered,
        boolean septVeDisable,
        boolean hasSeptPages,
        boolean hasShared,
        boolean hasL2,
        Guards guards)
        implements
            GuestMemory {

    private static final int MOST_FRAMES_SCANNED = 64;

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
        Geometry geometry = memory.geometry();
        SeptTable small = SeptTable.declare(declaration, geometry, Level.SIZE_4K, features);
        SeptTable large = SeptTable.declare(declaration, geometry, Level.SIZE_2M, features);
        boolean tracked = features.contains(TdxFeature.TLB_TRACKING);
        Epochs epochs = Epochs.declare(declaration, tracked, small, large, cpus, vcpus);
        boolean shared = features.contains(TdxFeature.SHARED_PAGES);
        boolean scanned = geometry.frames() <= MOST_FRAMES_SCANNED;
        return new Tdx(
                geometry,
                memory,
                1,
                small,
                large,
                epochs,
                Vcpus.declare(declaration, geometry, cpus, epochs, vcpus, features),
                declaration
                        .table("shared EPT", "page", shared ? geometry.pages() : 0)
                        .frame("frame"),
                declaration.single("TD").flag("fatal"),
                declaration.perFrame("PAMT").bounded("PT_REG", scanned ? 0 : 1),
                features.contains(TdxFeature.SEPT_VE_DISABLE),
                features.contains(TdxFeature.SEPT_PAGES),
                shared,
                features.contains(TdxFeature.L2_VM),
                guards);
    }

    // ---- how a machine begins

    /** Makes {@code state}, which is new, the state of a TD that is RUNNABLE and has no pages. */
    public void start(State state) {
        if (hasSeptPages) {
            for (int index = 0; index < large.count(); index++) {
                addSeptPage(state, index * large.span());
            }
        }
    }

    /** Gives the 2M around {@code page} a table of 4K entries, as TDH.MEM.SEPT.ADD does before the TD runs. */
    public void addSeptPage(State state, int page) {
        int index = index(page, Level.SIZE_2M);
        if (!large.state().is(state, index, SeptState.FREE)) {
            throw new IllegalArgumentException("the 2M entry around page " + page + " is not FREE");
        }
        large.state().set(state, index, SeptState.NL_MAPPED);
    }

    /** Puts {@code contents} at {@code page} as TDH.MEM.PAGE.ADD does before the TD is finalized: measured, and MAPPED. */
    public void launch(State state, Optional<Ledger> ledger, int page, int frame, Value contents) {
        if (reached(state, page, Level.SIZE_4K) != Level.SIZE_4K
                || !small.state().is(state, page, SeptState.FREE)
                || !isFree(state, frame, Level.SIZE_4K)) {
            throw new IllegalArgumentException("page " + page + " cannot be launched in frame " + frame
                    + ": the page has no FREE entry of 4K, or the frame is in use");
        }
        small.map(state, page, SeptState.MAPPED, frame);
        register(state, frame, 1, true);
        memory.write(state, frame, contents, keyId);
        ledger.ifPresent(owed -> owed.launched(state, page, contents));
    }

    // ---- the Secure EPT

    /** The entries of {@code level}. */
    SeptTable table(Level level) {
        return level == Level.SIZE_4K ? small : large;
    }

    /** The index of the entry of {@code level} around {@code page}. */
    int index(int page, Level level) {
        return level == Level.SIZE_4K ? page : page / geometry.smallPerLarge();
    }

    /** The level at which a walk to the entry of {@code level} at {@code page} ends. */
    Level reached(State state, int page, Level level) {
        if (level == Level.SIZE_4K
                && geometry.hasLargePages()
                && !large.state().is(state, index(page, Level.SIZE_2M), SeptState.NL_MAPPED)) {
            return Level.SIZE_2M;
        }
        return level;
    }

    /** The state of the entry of {@code level} around {@code page}. */
    public SeptState state(State state, int page, Level level) {
        return level == Level.SIZE_2M && !geometry.hasLargePages()
                ? SeptState.NL_MAPPED
                : table(level).state().get(state, index(page, level));
    }

    /** The entry of {@code level} around {@code page} as it lies in memory. */
    public long rawEntry(State state, int page, Level level) {
        if (level == Level.SIZE_2M && !geometry.hasLargePages()) {
            return SeptWord.raw(SeptState.NL_MAPPED, 0, 0, false);
        }
        SeptTable table = table(level);
        int index = index(page, level);
        int frame = table.frame().get(state, index);
        return SeptWord.raw(
                table.state().get(state, index),
                frame == FrameRef.NONE ? 0 : hpa(frame),
                table.accepted().get(state, index),
                table.alias().get(state, index) != 0);
    }

    /** The physical address of a frame, laid out as guest physical addresses are. */
    public long hpa(int frame) {
        return geometry.gpa(frame);
    }

    /** The page that {@code rcx} names; a machine that has none there is too small for its routines. */
    int page(long rcx) {
        return GuestPages.page(geometry, SeptOperand.gpa(rcx));
    }

    /** The level that {@code rcx} names, of those whose entries this machine keeps. */
    Level builtLevel(long rcx) {
        Level level = SeptOperand.typed(rcx);
        if (level == Level.SIZE_2M && !geometry.hasLargePages()) {
            throw new IllegalArgumentException("%s: the machine has no large pages, hence keeps no entries of level 2M"
                    .formatted(SeptOperand.print(rcx)));
        }
        return level;
    }

    /** The step of a leaf whose operands are refused, but for a fatal TD. */
    <R extends Enum<R> & ModuleStatus> Step refusing(R whenFatal, R otherwise) {
        long fatalCode = whenFatal.ordinal();
        long code = otherwise.ordinal();
        return state -> refusesFatal(state) ? fatalCode : code;
    }

    /** Whether a leaf that works on a TD's memory is refused because the TD is fatal. */
    boolean refusesFatal(State state) {
        return fatal.get(state) && guards.checks(TdxGuard.TD_IS_NOT_FATAL);
    }

    /** What a leaf with operand {@code rcx} that ends with {@code status} leaves in registers; RCX and RDX are zero on success. */
    Registers registers(State state, ModuleStatus status, long rcx) {
        if (!status.describesEntry()) {
            return Registers.of(status.rax());
        }
        int page = page(rcx);
        Level end = reached(state, page, SeptOperand.typed(rcx));
        SeptState found = state(state, page, end);
        return Registers.of(
                status.rax(),
                SeptWord.architectural(found, rawEntry(state, page, end)),
                end.ordinal() | (long) found.architectural() << 8);
    }

    /** What L1 lets L2 VM 1 do with {@code page}. */
    public L2Access l2Access(State state, int page) {
        Level level = reached(state, page, Level.SIZE_4K);
        return table(level).access(state, index(page, level));
    }

    /** Whether the host holds the lock of the entry of {@code level} around {@code page}. */
    boolean isLocked(State state, int page, Level level) {
        if (level == Level.SIZE_2M && !geometry.hasLargePages()) {
            return false;
        }
        return table(level).locked().get(state, index(page, level)) != 0;
    }

    /** Whether L1 has the page mapped and an L2 may read it. */
    boolean isGranted(State state, int page) {
        Level level = reached(state, page, Level.SIZE_4K);
        int index = index(page, level);
        return table(level).state().is(state, index, SeptState.MAPPED) && table(level).alias().get(state, index) != 0;
    }

    // ---- frames

    /** Whether every 4K frame of the page of {@code level} at {@code frame} is PT_NDA. */
    boolean isFree(State state, int frame, Level level) {
        int span = geometry.span(level);
        if (geometry.frames() <= MOST_FRAMES_SCANNED) {
            long wanted = (span == 64 ? -1L : (1L << span) - 1) << frame;
            return (usedFrames(state) & wanted) == 0;
        }
        for (int i = 0; i < span; i++) {
            if (registered.get(state, frame + i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The frames that a Secure EPT entry maps, one bit each; for at most 64 frames. */
    long usedFrames(State state) {
        long used = 0;
        for (int index = 0; index < small.count(); index++) {
            int frame = small.frame().get(state, index);
            used |= frame == FrameRef.NONE ? 0 : 1L << frame;
        }
        long block = geometry.smallPerLarge() == 64 ? -1L : (1L << geometry.smallPerLarge()) - 1;
        for (int index = 0; index < large.count(); index++) {
            int frame = large.frame().get(state, index);
            used |= frame == FrameRef.NONE ? 0 : block << frame;
        }
        return used;
    }

    /** Writes the PAMT, where it is kept. */
    void register(State state, int frame, int span, boolean inUse) {
        if (geometry.frames() > MOST_FRAMES_SCANNED) {
            for (int i = 0; i < span; i++) {
                registered.set(state, frame + i, inUse ? 1 : 0);
            }
        }
    }

    // ---- access by the guest

    /** Whether {@code actor} is inside the TD and the TD can run. */
    boolean runs(State state, Actor actor) {
        return !fatal.get(state) && !vcpus.isWithHost(state, actor.index());
    }

    /** Refuses a TDCALL by anyone but L1: an L2's TDCALL goes to L1, which is a later matter. */
    void requireL1(Actor actor, SeptCall<?> call) {
        if (actor.principal() != Principal.GUEST || actor.index() >= vcpus.count()) {
            throw new IllegalArgumentException(actor + " asks for " + call + "; it is no vCPU of this TD's L1");
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Private: the page if it is MAPPED and, for a read, was last written under the TD's key; a machine check otherwise. What is not
     * there leaves for the host; a pending page raises #VE or, with SEPT_VE_DISABLE, leaves. An L2 goes through its alias; where L1 could
     * let it on, it goes to L1, which is a later matter: it waits. Shared: what the host has mapped, unchecked.
     *
     * <p>Source: TDX module 1.5.01, td_ept_violation.c, td_l2_ept_violation.c; machine checks as in Intel TDX Module Base Architecture
     * Specification, chapter 16.
     */
    @Override
    public long access(State state, Actor actor, int page, Mapping mapping, boolean write) {
        if (!runs(state, actor)) {
            return Outcome.WAITS;
        }
        if (mapping == Mapping.SHARED) {
            requireShared();
            int frame = sharedFrame.get(state, page);
            return frame != FrameRef.NONE ? frame : exit(state, actor, ExitReason.SHARED_EPT_VIOLATION, page);
        }
        Level level = reached(state, page, Level.SIZE_4K);
        SeptTable table = table(level);
        int index = index(page, level);
        SeptState found = table.state().get(state, index);
        if (actor.principal() == Principal.INNER_GUEST && isForL1(state, table, index, found, write)) {
            return Outcome.WAITS;
        }
        return switch (found) {
            case MAPPED -> {
                int frame = table.frame().get(state, index) + (level == Level.SIZE_4K ? 0 : page % table.span());
                yield write || memory.writtenUnder().get(state, frame) == keyId
                        ? frame
                        : machineCheck(state, actor);
            }
            case PENDING -> septVeDisable
                    ? exit(state, actor, ExitReason.PENDING_EPT_VIOLATION, page)
                    : VIRTUALIZATION_EXCEPTION;
            case FREE, BLOCKED, PENDING_BLOCKED, NL_MAPPED, NL_BLOCKED -> exit(
                    state, actor, ExitReason.EPT_VIOLATION, page);
        };
    }

    /** Whether an L2's access is L1's to decide: the page is there for L1, and the alias does not allow the access. */
    private static boolean isForL1(State state, SeptTable table, int index, SeptState found, boolean write) {
        return switch (found) {
            case MAPPED -> {
                L2Access access = table.access(state, index);
                yield write ? access != L2Access.READ_WRITE : access == L2Access.NONE;
            }
            case PENDING -> true;
            case FREE, BLOCKED, PENDING_BLOCKED, NL_MAPPED, NL_BLOCKED -> false;
        };
    }

    private long exit(State state, Actor actor, ExitReason reason, int page) {
        if (actor.index() >= vcpus.count()) {
            return Outcome.WAITS;
        }
        vcpus.exit(state, actor.index(), reason, page, Level.SIZE_4K, Level.SIZE_4K, SeptState.FREE);
        return Outcome.EXITS;
    }

    private long machineCheck(State state, Actor actor) {
        fatal.set(state, true);
        state.observe(Property.AVAILABILITY.broken());
        if (actor.index() < vcpus.count()) {
            vcpus.exit(state, actor.index(), ExitReason.MACHINE_CHECK);
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
        if (!hasShared) {
            throw new IllegalStateException(
                    "a routine uses shared pages, and the machine has none: it lacks the feature SHARED_PAGES");
        }
    }

    @Override
    public int read(State state, Memory contents, int frame, Mapping mapping) {
        return mapping == Mapping.SHARED ? readShared(state, frame) : contents.read(state, frame, keyId);
    }

    /** What a read of {@code frame} under KeyID 0 finds: zeroes where the line belongs to a TD. */
    int readShared(State state, int frame) {
        return memory.writtenUnder().get(state, frame) == 0
                ? memory.value().ordinal(state, frame)
                : Value.ZERO.ordinal();
    }

    // ---- TD exits

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
