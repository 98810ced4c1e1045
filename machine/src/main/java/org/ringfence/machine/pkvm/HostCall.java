package org.ringfence.machine.pkvm;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * A hypercall of the host's. Source: Linux, arch/arm64/kvm/hyp/nvhe/mem_protect.c; for protected guests, which are
 * coming upstream, the copies of the Android kernel.
 */
public sealed interface HostCall extends Operation<PkvmStatus> {

    /** Does it, or answers why not; then nothing has changed. */
    PkvmStatus perform(State state, Pkvm pkvm);

    @Override
    default Results<PkvmStatus> results() {
        return new Results.Closed<>(PkvmStatus.class);
    }

    @Override
    default Step on(Machine machine, Actor actor) {
        Pkvm pkvm = machine.part(Pkvm.class);
        return state -> perform(state, pkvm).ordinal();
    }

    /** __pkvm_host_share_hyp. */
    record ShareHyp(Frame pfn) implements HostCall {
        @Override
        public PkvmStatus perform(State state, Pkvm pkvm) {
            if (!pkvm.host().is(state, pfn.index(), PkvmPageState.OWNED)
                    && pkvm.checks(PkvmGuard.SHARE_HYP_HOST_OWNS)) {
                return PkvmStatus.EPERM;
            }
            pkvm.host().set(state, pfn.index(), PkvmPageState.SHARED_OWNED);
            pkvm.hyp().set(state, pfn.index(), PkvmPageState.SHARED_BORROWED);
            return PkvmStatus.SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "__pkvm_host_share_hyp";
        }
    }

    /** __pkvm_host_unshare_hyp. */
    record UnshareHyp(Frame pfn) implements HostCall {
        @Override
        public PkvmStatus perform(State state, Pkvm pkvm) {
            boolean shared = pkvm.host().is(state, pfn.index(), PkvmPageState.SHARED_OWNED)
                    && pkvm.hyp().is(state, pfn.index(), PkvmPageState.SHARED_BORROWED);
            if (!shared && pkvm.checks(PkvmGuard.UNSHARE_HYP_IS_SHARED)) {
                return PkvmStatus.EPERM;
            }
            if (pkvm.pinned().get(state, pfn.index()) && pkvm.checks(PkvmGuard.UNSHARE_HYP_IS_NOT_PINNED)) {
                return PkvmStatus.EBUSY;
            }
            pkvm.host().set(state, pfn.index(), PkvmPageState.OWNED);
            pkvm.hyp().set(state, pfn.index(), PkvmPageState.NOPAGE);
            return PkvmStatus.SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "__pkvm_host_unshare_hyp";
        }
    }

    /** A hypercall that has the hypervisor pin a page for as long as it uses it: hyp_pin_shared_mem. */
    record Pin(Frame pfn) implements HostCall {
        @Override
        public PkvmStatus perform(State state, Pkvm pkvm) {
            boolean shared = pkvm.host().is(state, pfn.index(), PkvmPageState.SHARED_OWNED)
                    && pkvm.hyp().is(state, pfn.index(), PkvmPageState.SHARED_BORROWED);
            if (!shared && pkvm.checks(PkvmGuard.PIN_IS_SHARED)) {
                return PkvmStatus.EPERM;
            }
            pkvm.pinned().set(state, pfn.index(), true);
            return PkvmStatus.SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "hyp_pin_shared_mem";
        }
    }

    /** The end of such a use: hyp_unpin_shared_mem. */
    record Unpin(Frame pfn) implements HostCall {
        @Override
        public PkvmStatus perform(State state, Pkvm pkvm) {
            pkvm.pinned().set(state, pfn.index(), false);
            return PkvmStatus.SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "hyp_unpin_shared_mem";
        }
    }

    /** __pkvm_host_donate_hyp of a page for the pool of page-table pages. */
    record DonateHyp(Frame pfn) implements HostCall {
        @Override
        public PkvmStatus perform(State state, Pkvm pkvm) {
            if (!pkvm.host().is(state, pfn.index(), PkvmPageState.OWNED)
                    && pkvm.checks(PkvmGuard.DONATE_HYP_HOST_OWNS)) {
                return PkvmStatus.EPERM;
            }
            pkvm.host().set(state, pfn.index(), PkvmPageState.NOPAGE);
            pkvm.hyp().set(state, pfn.index(), PkvmPageState.OWNED);
            pkvm.pool().set(state, Math.min(pkvm.pool().get(state) + 1, pkvm.pool().max()));
            return PkvmStatus.SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "__pkvm_host_donate_hyp";
        }
    }

    /** __pkvm_hyp_donate_host of a page that the pool still has. */
    record DonateHost(Frame pfn) implements HostCall {
        @Override
        public PkvmStatus perform(State state, Pkvm pkvm) {
            int pool = pkvm.pool().get(state);
            boolean owned = pkvm.hyp().is(state, pfn.index(), PkvmPageState.OWNED) && pool > 0;
            if (!owned && pkvm.checks(PkvmGuard.DONATE_HOST_HYP_OWNS)) {
                return PkvmStatus.EPERM;
            }
            pkvm.hyp().set(state, pfn.index(), PkvmPageState.NOPAGE);
            pkvm.host().set(state, pfn.index(), PkvmPageState.OWNED);
            pkvm.pool().set(state, Math.max(pool - 1, 0));
            return PkvmStatus.SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "__pkvm_hyp_donate_host";
        }
    }

    /** __pkvm_host_share_guest, with the guest that is not protected. */
    record ShareGuest(Frame pfn, long gpa) implements HostCall {
        @Override
        public PkvmStatus perform(State state, Pkvm pkvm) {
            int page = GuestPages.page(pkvm.geometry(), gpa);
            if (pkvm.borrowed().get(state, page) != FrameRef.NONE
                    && pkvm.checks(PkvmGuard.SHARE_GUEST_GUEST_HAS_NONE)) {
                return PkvmStatus.EPERM;
            }
            int shares = pkvm.shares().get(state, pfn.index());
            boolean owned = pkvm.host().is(state, pfn.index(), PkvmPageState.OWNED)
                    || pkvm.host().is(state, pfn.index(), PkvmPageState.SHARED_OWNED) && shares > 0;
            if (!owned && pkvm.checks(PkvmGuard.SHARE_GUEST_HOST_OWNS)) {
                return PkvmStatus.EPERM;
            }
            pkvm.host().set(state, pfn.index(), PkvmPageState.SHARED_OWNED);
            pkvm.shares().set(state, pfn.index(), Math.min(shares + 1, pkvm.shares().max()));
            pkvm.borrowed().set(state, page, pfn.index());
            return PkvmStatus.SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "__pkvm_host_share_guest";
        }
    }

    /**
     * __pkvm_host_unshare_guest.
     *
     * @param isProtected whether the call names the protected guest, which borrows nothing
     */
    record UnshareGuest(long gpa, boolean isProtected) implements HostCall {
        @Override
        public PkvmStatus perform(State state, Pkvm pkvm) {
            int page = GuestPages.page(pkvm.geometry(), gpa);
            int frame = isProtected ? pkvm.frame().get(state, page) : pkvm.borrowed().get(state, page);
            if (frame == FrameRef.NONE) {
                return PkvmStatus.ENOENT;
            }
            if (isProtected && pkvm.checks(PkvmGuard.UNSHARE_GUEST_IS_BORROWED)) {
                return PkvmStatus.EPERM;
            }
            if (isProtected) {
                pkvm.take(state, page, PkvmPageState.NOPAGE);
                pkvm.host().set(state, frame, PkvmPageState.OWNED);
                return PkvmStatus.SUCCESS;
            }
            int shares = Math.max(pkvm.shares().get(state, frame) - 1, 0);
            pkvm.borrowed().set(state, page, FrameRef.NONE);
            pkvm.shares().set(state, frame, shares);
            if (shares == 0) {
                pkvm.host().set(state, frame, PkvmPageState.OWNED);
            }
            return PkvmStatus.SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "__pkvm_host_unshare_guest";
        }
    }

    /** __pkvm_host_donate_guest, to the protected guest, one of whose vCPUs must be loaded. */
    record DonateGuest(Frame pfn, long gpa) implements HostCall {
        @Override
        public PkvmStatus perform(State state, Pkvm pkvm) {
            int page = GuestPages.page(pkvm.geometry(), gpa);
            if (pkvm.dying().get(state)) {
                return PkvmStatus.EINVAL;
            }
            if (!pkvm.host().is(state, pfn.index(), PkvmPageState.OWNED)
                    && pkvm.checks(PkvmGuard.DONATE_GUEST_HOST_OWNS)) {
                return PkvmStatus.EPERM;
            }
            if (!pkvm.page().is(state, page, PkvmPageState.NOPAGE)
                    && pkvm.checks(PkvmGuard.DONATE_GUEST_GUEST_HAS_NONE)) {
                return PkvmStatus.EPERM;
            }
            int table = pkvm.tableOf(page);
            boolean needsTable = !pkvm.table().get(state, table);
            int pool = pkvm.pool().get(state);
            if (needsTable && pool == 0 && pkvm.checks(PkvmGuard.DONATE_GUEST_HAS_TABLES)) {
                return PkvmStatus.ENOMEM;
            }
            if (needsTable) {
                pkvm.pool().set(state, Math.max(pool - 1, 0));
                pkvm.table().set(state, table, true);
            }
            pkvm.host().set(state, pfn.index(), PkvmPageState.NOPAGE);
            pkvm.page().set(state, page, PkvmPageState.OWNED);
            pkvm.frame().set(state, page, pfn.index());
            return PkvmStatus.SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "__pkvm_host_donate_guest";
        }
    }

    /**
     * __pkvm_host_force_reclaim_page_guest: what the hypervisor does when the host's kernel touches a page that is not
     * its own. Which of the first two checks comes first is open in the sources.
     */
    record ForceReclaim(Frame pfn) implements HostCall {
        @Override
        public PkvmStatus perform(State state, Pkvm pkvm) {
            int page = pkvm.pageAt(state, pfn.index());
            if (page >= 0
                    && !pkvm.page().is(state, page, PkvmPageState.OWNED)
                    && pkvm.checks(PkvmGuard.FORCED_RECLAIM_GUEST_OWNS)) {
                return PkvmStatus.EPERM;
            }
            if (!pkvm.host().is(state, pfn.index(), PkvmPageState.NOPAGE)
                    && pkvm.checks(PkvmGuard.FORCED_RECLAIM_HOST_HAS_NONE)) {
                return PkvmStatus.EAGAIN;
            }
            if (page < 0) {
                return PkvmStatus.EPERM;
            }
            pkvm.clear(state, pfn.index(), PkvmGuard.FORCED_RECLAIM_CLEARS);
            boolean poisons = pkvm.checks(PkvmGuard.FORCED_RECLAIM_POISONS);
            pkvm.take(state, page, poisons ? PkvmPageState.POISON : PkvmPageState.NOPAGE);
            pkvm.host().set(state, pfn.index(), PkvmPageState.OWNED);
            return PkvmStatus.SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "__pkvm_host_force_reclaim_page_guest";
        }
    }

    /** __pkvm_start_teardown_vm, of the protected VM: it runs no more. */
    record StartTeardown() implements HostCall {
        @Override
        public PkvmStatus perform(State state, Pkvm pkvm) {
            if (pkvm.dying().get(state)) {
                return PkvmStatus.EINVAL;
            }
            pkvm.dying().set(state, true);
            return PkvmStatus.SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "__pkvm_start_teardown_vm";
        }
    }

    /** __pkvm_reclaim_dying_guest_page. */
    record ReclaimDying(long gpa) implements HostCall {
        @Override
        public PkvmStatus perform(State state, Pkvm pkvm) {
            int page = GuestPages.page(pkvm.geometry(), gpa);
            if (!pkvm.dying().get(state) && pkvm.checks(PkvmGuard.TEARDOWN_RECLAIM_VM_IS_DYING)) {
                return PkvmStatus.EPERM;
            }
            int frame = pkvm.frame().get(state, page);
            if (frame == FrameRef.NONE) {
                return PkvmStatus.ENOENT;
            }
            if (pkvm.page().is(state, page, PkvmPageState.OWNED)) {
                pkvm.clear(state, frame, PkvmGuard.TEARDOWN_RECLAIM_CLEARS);
            }
            pkvm.take(state, page, PkvmPageState.NOPAGE);
            pkvm.host().set(state, frame, PkvmPageState.OWNED);
            return PkvmStatus.SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "__pkvm_reclaim_dying_guest_page";
        }
    }

    /**
     * __pkvm_host_wrprotect_guest: of the ways in which the host changes a guest's mapping without its page, all of
     * which it may do to a guest that is not protected only.
     */
    record WrprotectGuest(long gpa, boolean isProtected) implements HostCall {
        @Override
        public PkvmStatus perform(State state, Pkvm pkvm) {
            if (isProtected) {
                return PkvmStatus.EPERM;
            }
            int page = GuestPages.page(pkvm.geometry(), gpa);
            return pkvm.borrowed().get(state, page) == FrameRef.NONE ? PkvmStatus.ENOENT : PkvmStatus.SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "__pkvm_host_wrprotect_guest";
        }
    }

    /** __kvm_vcpu_run of a vCPU that is with the host, an actor's index. */
    record VcpuRun(int vcpu) implements Operation<PkvmStatus> {
        @Override
        public Results<PkvmStatus> results() {
            return new Results.Closed<>(PkvmStatus.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Pkvm pkvm = machine.part(Pkvm.class);
            return state -> {
                if (!pkvm.cpus().isWithHost(state, vcpu) || pkvm.dying().get(state)) {
                    return Outcome.WAITS;
                }
                pkvm.cpus().resume(state, vcpu);
                return PkvmStatus.SUCCESS.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "__kvm_vcpu_run";
        }
    }
}
