package org.ringfence.machine.tdx.td;

import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.memory.Tlbs;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.sept.PageAttributes;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptState;

/**
 * How software in a TD reaches memory: through what its logical CPU keeps of translations, else through the Secure EPT,
 * the alias of an L2 VM, or the shared EPT that the host writes.
 *
 * <p>Source: TDX module 1.5.01, td_ept_violation.c, td_l2_ept_violation.c; machine checks as in Intel TDX Module Base
 * Architecture Specification, chapter 16.
 *
 * @param sharedFrame what the host's shared EPT maps for each page
 * @param aliasWaits whether the alias of a pending page is blocked until L1 has accepted the page
 */
public record GuestAccess(
        Memory memory,
        Tdcs control,
        Sept sept,
        TdRoot root,
        Vcpus vcpus,
        Tdvps vps,
        VcpuContext inside,
        Translations translations,
        FrameRef sharedFrame,
        ZeroSteps steps,
        boolean aliasWaits) {

    /** As {@link GuestMemory#access}. */
    long to(State state, Actor actor, int page, Mapping mapping, boolean write) {
        long outcome = reach(state, actor, page, mapping, write);
        if (steps.kept() && outcome != Outcome.WAITS && outcome != Outcome.EXITS && vcpus.has(actor.index())) {
            steps.progress(state, vcpus.of(actor));
        }
        return outcome;
    }

    private long reach(State state, Actor actor, int page, Mapping mapping, boolean write) {
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
        return mapping == Mapping.SHARED
                ? walkShared(state, actor, page, write, cpu, context)
                : walkPrivate(state, actor, page, write, cpu, vm);
    }

    /** Whether {@code actor} is inside the TD and the TD can run. */
    boolean runs(State state, Actor actor) {
        if (root.isFatal(state) || vcpus.isWithHost(state, actor.index())) {
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

    private long walkShared(State state, Actor actor, int page, boolean write, int cpu, int context) {
        requireShared();
        int frame = sharedFrame.get(state, page);
        if (frame == FrameRef.NONE) {
            return exit(state, actor, TdExitReason.SHARED_EPT_VIOLATION, page);
        }
        translations.fill(state, cpu, context, page, frame, Translations.READ | Translations.WRITE);
        return stillShared(state, actor, page, frame, write);
    }

    private long walkPrivate(State state, Actor actor, int page, boolean write, int cpu, int vm) {
        int level = sept.reached(state, page, 0);
        SeptState found = sept.state(state, page, level);
        if (actor.principal() == Principal.INNER_GUEST && isForL1(state, page, level, vm, found, write)) {
            return toL1(state, actor);
        }
        if (found == SeptState.MAPPED || vm > 0 && found == SeptState.PENDING) {
            int frame = sept.frame(state, page, level);
            int rights = vm == 0 ? PageAttributes.READ | PageAttributes.WRITE : sept.attributes(state, page, level, vm);
            translations.fill(state, cpu, vm, page, frame, rights & (Translations.READ | Translations.WRITE));
            return checked(state, actor, frame, write);
        }
        if (found == SeptState.PENDING) {
            return control.isVeDisabled(state)
                    ? exit(state, actor, TdExitReason.PENDING_EPT_VIOLATION, page)
                    : raise(state, actor, page);
        }
        return exit(state, actor, TdExitReason.EPT_VIOLATION, page);
    }

    /** The L2 VM that an L2 actor is. */
    private int l2(State state, Actor actor) {
        return inside.entersL2() && vcpus.has(actor.index()) ? inside.l2(state, vcpus.of(actor)) : 1;
    }

    /** Whether an L2's access is L1's to decide: the page is there for L1, and the alias does not allow the access. */
    private boolean isForL1(State state, int page, int level, int vm, SeptState found, boolean write) {
        if (found == SeptState.PENDING && aliasWaits) {
            return true;
        }
        int needed = PageAttributes.READ | (write ? PageAttributes.WRITE : 0);
        return (found == SeptState.MAPPED || found == SeptState.PENDING)
                && (sept.attributes(state, page, level, vm) & needed) != needed;
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
        return GuestMemory.VIRTUALIZATION_EXCEPTION;
    }

    /** The logical CPU on which {@code actor} runs. */
    private int cpu(State state, Actor actor) {
        return vcpus.has(actor.index()) ? vps.cpu(state, vcpus.of(actor)) : vcpus.first() + vcpus.count();
    }

    /**
     * The frame of a shared translation, or a machine check where a read of it finds poison. A write through one that
     * was kept and that the host has taken back, to memory that is the host's own again, hurts the host.
     */
    private long stillShared(State state, Actor actor, int page, int frame, boolean write) {
        if (write && translations.tlbs().present()) {
            boolean hurts = sharedFrame.get(state, page) != frame && root.isFree(state, frame);
            state.observe(hurts ? Property.HOST_SAFETY.broken() : Property.HOST_SAFETY.exercised());
        }
        boolean poison = !write && memory.options().poison() && memory.read(state, frame, 0) == Memory.POISON;
        return poison ? machineCheck(state, actor) : frame;
    }

    /**
     * The frame, or a machine check where a read of it finds poison. Memory that checks nothing stands for one that
     * knows whose each line is.
     */
    private long checked(State state, Actor actor, int frame, boolean write) {
        if (write) {
            return frame;
        }
        return isPoison(memory.read(state, frame, root.keyId(state))) ? machineCheck(state, actor) : frame;
    }

    /** Whether what a read under the TD's key {@code found} is a machine check to whoever consumes it. */
    public boolean isPoison(int found) {
        return found == Memory.POISON
                || found == Memory.JUNK && memory.options().integrity() == MemoryOptions.Integrity.NONE;
    }

    private long exit(State state, Actor actor, TdExitReason reason, int page) {
        if (!vcpus.has(actor.index())) {
            return Outcome.WAITS;
        }
        vcpus.exit(state, vcpus.of(actor), reason, page, 0, 0, SeptState.FREE);
        if (reason != TdExitReason.SHARED_EPT_VIOLATION) {
            steps.fault(state, vcpus.of(actor), page);
        }
        return Outcome.EXITS;
    }

    private long machineCheck(State state, Actor actor) {
        root.die(state);
        state.observe(Property.AVAILABILITY.broken());
        if (vcpus.has(actor.index())) {
            vcpus.exit(state, vcpus.of(actor), TdExitReason.MACHINE_CHECK);
        }
        return Outcome.EXITS;
    }

    /** What L1 lets L2 VM 1 do with {@code page}. */
    public L2Access l2Access(State state, int page) {
        return L2Access.of(sept.attributes(state, page, sept.reached(state, page, 0), 1));
    }

    /** Whether L1 has the page mapped and L2 VM {@code vm} may read it. */
    public boolean isGranted(State state, int page, int vm) {
        int level = sept.reached(state, page, 0);
        SeptState found = sept.state(state, page, level);
        return (found == SeptState.MAPPED || found == SeptState.PENDING && !aliasWaits)
                && (sept.attributes(state, page, level, vm) & PageAttributes.READ) != 0;
    }

    // ---- what is read

    /** The key that {@code mapping} reads and writes under. */
    int key(State state, Mapping mapping) {
        return switch (mapping) {
            case PRIVATE -> root.keyId(state);
            case SHARED -> {
                requireShared();
                yield 0;
            }
        };
    }

    /** Refuses what needs shared pages on a machine that has none. */
    public void requireShared() {
        if (!control.given().has(TdxFeature.SHARED_PAGES)) {
            throw new IllegalStateException(
                    "a routine uses shared pages, and the machine has none: tdx has them with shared-pages: true, or with a host that has software");
        }
    }

    /** As {@link GuestMemory#read}. */
    int read(State state, Memory contents, int frame, Mapping mapping) {
        return mapping == Mapping.SHARED
                ? readShared(state, frame)
                : contents.read(state, frame, root.keyId(state));
    }

    /**
     * What a read of {@code frame} under KeyID 0 finds, an answer of {@link Memory#read}: zeroes where the line belongs
     * to a TD. Memory that checks nothing stands for one that knows whose each line is.
     */
    public int readShared(State state, int frame) {
        if (memory.options().integrity() != MemoryOptions.Integrity.NONE) {
            return memory.read(state, frame, 0);
        }
        return memory.writtenUnder().get(state, frame) == 0
                ? memory.value().ordinal(state, frame)
                : Value.ZERO.ordinal();
    }
}
