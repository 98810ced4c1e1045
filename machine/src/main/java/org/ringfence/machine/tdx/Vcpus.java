package org.ringfence.machine.tdx;

import java.util.Set;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The vCPUs of a TD as they enter and leave it. vCPU {@code i} is actor {@code i} of {@link Cpus}.
 *
 * @param count how many
 * @param interruptAfter after how many more 4K pages of a 2M accept a host interrupt is pending; 0 when none is
 * @param detailed whether the fields below are there
 * @param page where an exit was
 * @param requested the level asked for
 * @param reached the level at which the walk ended
 * @param found the state of the entry there
 * @param morePages pages of a MapGPA after its first
 */
record Vcpus(
        Cpus cpus,
        Epochs epochs,
        int count,
        Bounded interruptAfter,
        boolean detailed,
        Enumerated<ExitReason> reason,
        Bounded page,
        Bounded requested,
        Bounded reached,
        Enumerated<SeptState> found,
        Bounded morePages) {

    static Vcpus declare(
            Declaration declaration, Geometry geometry, Cpus cpus, Epochs epochs, int count, Set<TdxFeature> features) {
        boolean detailed = features.contains(TdxFeature.EXIT_DETAILS);
        int interruptible = features.contains(TdxFeature.INTERRUPTS) ? geometry.smallPerLarge() - 1 : 0;
        Bounded interruptAfter =
                declaration.table("interrupt", "vCPU", count).bounded("after", interruptible);
        Table exit = declaration.table("TD exit", "vCPU", detailed ? count : 0);
        int levels = geometry.hasLargePages() ? 1 : 0;
        return new Vcpus(
                cpus,
                epochs,
                count,
                interruptAfter,
                detailed,
                exit.enumerated("reason", ExitReason.class),
                exit.bounded("page", geometry.pages() - 1),
                exit.bounded("requested level", levels),
                exit.bounded("reached level", levels),
                exit.enumerated("entry", SeptState.class),
                exit.bounded("more pages", geometry.smallPerLarge() - 1));
    }

    /** Whether {@code actor} is one of these vCPUs and waits for the host. */
    boolean isWithHost(State state, int actor) {
        return actor < count && cpus.isWithHost(state, actor);
    }

    /** An EPT violation on a Secure EPT entry. */
    void exit(State state, int vcpu, ExitReason why, int atPage, Level asked, Level ended, SeptState entry) {
        leave(state, vcpu, Cpus.Status.EXITED);
        if (detailed) {
            reason.set(state, vcpu, why);
            page.set(state, vcpu, atPage);
            requested.set(state, vcpu, asked.ordinal());
            reached.set(state, vcpu, ended.ordinal());
            found.set(state, vcpu, entry);
        }
    }

    /** An exit that tells no more than its reason. */
    void exit(State state, int vcpu, ExitReason why) {
        exit(state, vcpu, why, 0, Level.SIZE_4K, Level.SIZE_4K, SeptState.FREE);
    }

    /** TDG.VP.VMCALL about {@code pages} pages from {@code first} on. */
    void call(State state, int vcpu, ExitReason why, int first, int pages) {
        leave(state, vcpu, Cpus.Status.CALLING);
        if (detailed) {
            reason.set(state, vcpu, why);
            page.set(state, vcpu, first);
            morePages.set(state, vcpu, pages - 1);
        }
    }

    private void leave(State state, int vcpu, Cpus.Status status) {
        cpus.status().set(state, vcpu, status);
        epochs.leave(state, vcpu);
        interruptAfter.set(state, vcpu, 0);
    }

    /** The host runs a vCPU that exited. */
    void enter(State state, int vcpu) {
        cpus.resume(state, vcpu);
        forgetExit(state, vcpu);
    }

    /** The host runs a vCPU that called, with the code of an answer. */
    void answer(State state, int vcpu, int code) {
        cpus.answer(state, vcpu, code);
        forgetExit(state, vcpu);
    }

    private void forgetExit(State state, int vcpu) {
        if (detailed) {
            reason.set(state, vcpu, ExitReason.NONE);
            page.set(state, vcpu, 0);
            requested.set(state, vcpu, 0);
            reached.set(state, vcpu, 0);
            found.set(state, vcpu, SeptState.FREE);
            morePages.set(state, vcpu, 0);
        }
    }
}
