package org.ringfence.machine.tdx.td;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.ValueNames;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.sept.AddressWidth;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.tdcall.Tdcalls;

/**
 * The vCPUs of a TD as they enter and leave it. vCPU {@code i} is actor {@code first + i} of {@link Cpus}.
 *
 * @param first the actor that is vCPU 0
 * @param count how many
 * @param interruptAfter after how many more 4K pages of a 2M accept a host interrupt is pending; 0 when none is
 * @param detailed whether the fields below are there
 * @param page where an exit was
 * @param requested the level asked for
 * @param reached the level at which the walk ended
 * @param found the state of the entry there
 * @param morePages pages of a MapGPA after its first
 * @param retry the page that R11 names after a RETRY, and 1; 0 where nothing is known of it
 */
public record Vcpus(
        Cpus cpus,
        Epochs epochs,
        int first,
        int count,
        Bounded interruptAfter,
        boolean detailed,
        Enumerated<TdExitReason> reason,
        Bounded page,
        Bounded requested,
        Bounded reached,
        Enumerated<SeptState> found,
        Bounded morePages,
        Bounded retry) {

    private static final ValueNames LEVELS = ValueNames.of("4K", "2M", "1G", "512G", "256T");

    /** VM-exit interruption information of #MC: valid, a hardware exception, vector 18. */
    private static final long MACHINE_CHECK_INFORMATION = 0x8000_0312L;

    static Vcpus declare(
            Declaration declaration, Geometry geometry, Cpus cpus, Epochs epochs, int first, int count,
            TdOptions options) {
        boolean detailed = options.has(TdxFeature.EXIT_DETAILS);
        int interruptible = options.has(TdxFeature.INTERRUPTS) ? geometry.smallPerLarge() - 1 : 0;
        Bounded interruptAfter =
                declaration.table("interrupt", "vCPU", count).bounded("after", interruptible, ValueNames.of("none"));
        int levels = options.sept(geometry, "").kept();
        Table exit = declaration.table("TD exit", "vCPU", detailed ? count : 0);
        return new Vcpus(
                cpus,
                epochs,
                first,
                count,
                interruptAfter,
                detailed,
                exit.enumerated("reason", TdExitReason.class),
                exit.page("page", geometry.pages() - 1),
                exit.bounded("requested level", levels - 1, LEVELS),
                exit.bounded("reached level", levels - 1, LEVELS),
                exit.enumerated("entry", SeptState.class, SeptState.LAST_WITHOUT_MIGRATION),
                exit.bounded("more pages", geometry.smallPerLarge() - 1),
                declaration
                        .table("MapGPA", "vCPU", count)
                        .pageFrom(
                                "retry",
                                1,
                                options.has(TdxFeature.MAP_GPA_RETRY) ? geometry.pages() : 0,
                                ValueNames.NUMBER_OR_NONE));
    }

    /** Whether the actor of this index is one of these vCPUs. */
    public boolean has(int actor) {
        return actor >= first && actor < first + count;
    }

    /**
     * Refuses a vCPU that the TD does not have.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public void require(int vcpu) {
        Numbered.require("vCPU", vcpu, count);
    }

    /** The vCPU that {@code actor} is, from 0. */
    public int of(Actor actor) {
        return actor.index() - first;
    }

    /** Whether {@code actor} is one of these vCPUs and waits for the host. */
    public boolean isWithHost(State state, int actor) {
        return has(actor) && cpus.isWithHost(state, actor);
    }

    /** Whether vCPU {@code vcpu} is inside the TD. */
    public boolean isInside(State state, int vcpu) {
        return !isWithHost(state, first + vcpu);
    }

    /** Whether any is. */
    public boolean isAnyInside(State state) {
        for (int vcpu = 0; vcpu < count; vcpu++) {
            if (isInside(state, vcpu)) {
                return true;
            }
        }
        return false;
    }

    /** Whether vCPU {@code vcpu} is with the host so. */
    public boolean is(State state, int vcpu, Cpus.Status status) {
        return cpus.status().is(state, first + vcpu, status);
    }

    /** An EPT violation on a Secure EPT entry. */
    public void exit(State state, int vcpu, TdExitReason why, int atPage, int asked, int ended, SeptState entry) {
        leave(state, vcpu, Cpus.Status.EXITED);
        if (detailed) {
            reason.set(state, vcpu, why);
            page.set(state, vcpu, atPage);
            requested.set(state, vcpu, asked);
            reached.set(state, vcpu, ended);
            found.set(state, vcpu, entry);
        }
    }

    /** An exit that tells no more than its reason. */
    public void exit(State state, int vcpu, TdExitReason why) {
        exit(state, vcpu, why, 0, 0, 0, SeptState.FREE);
    }

    /** TDG.VP.VMCALL about {@code pages} pages from {@code first} on. */
    public void call(State state, int vcpu, TdExitReason why, int first, int pages) {
        leave(state, vcpu, Cpus.Status.CALLING);
        if (detailed) {
            reason.set(state, vcpu, why);
            page.set(state, vcpu, first);
            morePages.set(state, vcpu, pages - 1);
        }
    }

    private void leave(State state, int vcpu, Cpus.Status status) {
        cpus.status().set(state, first + vcpu, status);
        epochs.leave(state, vcpu);
        interruptAfter.set(state, vcpu, 0);
    }

    /** The host runs a vCPU that exited. */
    public void enter(State state, int vcpu) {
        cpus.resume(state, first + vcpu);
        forgetExit(state, vcpu);
    }

    /** The host runs a vCPU that called, with an answer and the page that R11 names, plus 1; 0 for none. */
    public void answer(State state, int vcpu, MapGpaAnswer answer, int retried) {
        cpus.answer(state, first + vcpu, answer.ordinal());
        retry.set(state, vcpu, retried);
        forgetExit(state, vcpu);
    }

    /** The vCPU is with the host, whatever it was at: it has not run, or never will. */
    void stop(State state, int vcpu) {
        cpus.status().set(state, first + vcpu, Cpus.Status.EXITED);
        interruptAfter.set(state, vcpu, 0);
        retry.set(state, vcpu, 0);
        forgetExit(state, vcpu);
    }

    private void forgetExit(State state, int vcpu) {
        if (detailed) {
            reason.set(state, vcpu, TdExitReason.NONE);
            page.set(state, vcpu, 0);
            requested.set(state, vcpu, 0);
            reached.set(state, vcpu, 0);
            found.set(state, vcpu, SeptState.FREE);
            morePages.set(state, vcpu, 0);
        }
    }

    /** Why {@code vcpu} is with the host; {@link TdExitReason#NONE} when it is not, or when exits keep no details. */
    public TdExitReason exitReason(State state, int vcpu) {
        return detailed ? reason.get(state, vcpu) : TdExitReason.NONE;
    }

    /** The page of the exit of {@code vcpu}. */
    public int exitPage(State state, int vcpu) {
        return page.get(state, vcpu);
    }

    /**
     * What TDH.VP.ENTER returns for an exit of {@code vcpu}. An EPT violation: RCX the exit qualification, RDX the
     * extended one, R8 the GPA. Of a plain access the qualification (bits of the processor's own) is left out. A
     * machine check: R9 the interruption information. MapGPA: R10 to R13, which RCX names, whatever other registers the
     * guest passes. Source: TDX module 1.5.01, td_other_exits.c (async_tdexit_ept_violation), tdg_vp_vmcall.c.
     */
    public Registers exitRegisters(State state, int vcpu, Geometry geometry, AddressWidth width) {
        TdExitReason why = exitReason(state, vcpu);
        long gpa = geometry.gpa(page.get(state, vcpu));
        return switch (why) {
            case NONE -> throw new IllegalStateException(
                    "vCPU %d is inside, or the machine lacks the feature EXIT_DETAILS".formatted(vcpu));
            case EXTERNAL_INTERRUPT, EXTERNAL_INTERRUPT_WHEN_FATAL -> Registers.of(why.rax());
            case MACHINE_CHECK -> Registers.of(why.rax(), 0, 0, 0, MACHINE_CHECK_INFORMATION);
            case EPT_VIOLATION, PENDING_EPT_VIOLATION -> Registers.of(why.rax(), 0, why.qualificationType(), gpa, 0);
            case SHARED_EPT_VIOLATION ->
                Registers.of(why.rax(), 0, why.qualificationType(), gpa | width.sharedBit(), 0);
            case ACCEPT_EPT_VIOLATION, ATTR_WR_EPT_VIOLATION -> levels(state, vcpu, why, gpa);
            case MAP_GPA_SHARED -> mapGpa(state, vcpu, why, gpa | width.sharedBit());
            case MAP_GPA_PRIVATE -> mapGpa(state, vcpu, why, gpa);
            case MAP_GPA_EMPTY, MAP_GPA_UNALIGNED -> throw new IllegalStateException(
                    "of a MapGPA without a range of pages the machine keeps no R12 and R13");
        };
    }

    private Registers levels(State state, int vcpu, TdExitReason why, long gpa) {
        SeptState entry = found.get(state, vcpu);
        long permissions = entry.bits() & 7;
        long info = requested.get(state, vcpu)
                | (long) reached.get(state, vcpu) << 3
                | (long) entry.architectural() << 6
                | (entry.isLeaf() ? 1L << 14 : 0);
        return Registers.of(why.rax(), 1 << 1 | permissions << 3, info << 32 | why.qualificationType(), gpa, 0);
    }

    private Registers mapGpa(State state, int vcpu, TdExitReason why, long r12) {
        long size = (morePages.get(state, vcpu) + 1) * Geometry.SMALL;
        return new Registers(
                why.rax(), Tdcalls.MAP_GPA_REGISTERS, 0, 0, 0, 0, Tdcalls.MAP_GPA, r12, size, 0, 0);
    }
}
