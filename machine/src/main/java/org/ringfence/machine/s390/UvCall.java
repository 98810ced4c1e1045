package org.ringfence.machine.s390;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/** What the host asks of the Ultravisor. Source: Linux, arch/s390/kernel/uv.c and include/asm/uv.h. */
public sealed interface UvCall extends Operation<UvStatus> {

    /** Does it, or answers why not; then nothing has changed. */
    UvStatus perform(State state, Ultravisor uv);

    @Override
    default Results<UvStatus> results() {
        return new Results.Closed<>(UvStatus.class);
    }

    @Override
    default Step on(Machine machine, Actor actor) {
        Ultravisor uv = machine.part(Ultravisor.class);
        return state -> perform(state, uv).ordinal();
    }

    /** CONV_TO_SEC_STOR (0x200): imports the guest's page. */
    record Import(long gaddr) implements UvCall {
        @Override
        public UvStatus perform(State state, Ultravisor uv) {
            return uv.make(state, GuestPages.page(uv.geometry(), gaddr));
        }

        @Override
        public String mnemonic() {
            return "CONV_TO_SEC_STOR";
        }
    }

    /** What is asked of a frame. */
    enum OfFrame {
        /** 0x201: exports it. */
        CONV_FROM_SEC_STOR,
        /** 0x202: clears it without exporting it. */
        DESTR_SEC_STOR,
        /** 0x341: pins what its guest shares. */
        PIN_PAGE_SHARED,
        /** 0x342: ends that. */
        UNPIN_PAGE_SHARED
    }

    /** One of these. */
    record OnFrame(OfFrame call, Frame paddr) implements UvCall {
        @Override
        public UvStatus perform(State state, Ultravisor uv) {
            return switch (call) {
                case CONV_FROM_SEC_STOR -> uv.export(state, paddr.index());
                case DESTR_SEC_STOR -> uv.destroy(state, paddr.index());
                case PIN_PAGE_SHARED -> uv.pin(state, paddr.index());
                case UNPIN_PAGE_SHARED -> uv.unpin(state, paddr.index());
            };
        }

        @Override
        public String mnemonic() {
            return call.toString();
        }
    }

    /**
     * Linux's destroying of a page: DESTR_SEC_STOR, where RC 0x107 with RRC 0xD, not secure, counts as done. Source:
     * uv_destroy.
     */
    record DestroyPage(Frame paddr) implements UvCall {
        @Override
        public UvStatus perform(State state, Ultravisor uv) {
            UvStatus status = uv.destroy(state, paddr.index());
            return status == UvStatus.NOT_SECURE ? UvStatus.SUCCESS : status;
        }

        @Override
        public String mnemonic() {
            return "uv_destroy";
        }
    }

    /**
     * Linux's making a folio accessible for I/O and swap: a large one is never secure; else it is pinned where its
     * guest shares it, or exported. Source: arch_make_folio_accessible.
     *
     * @param large whether it is a large folio
     */
    record MakeAccessible(Frame paddr, boolean large) implements UvCall {
        @Override
        public UvStatus perform(State state, Ultravisor uv) {
            if (large || uv.state().is(state, paddr.index(), SecureState.NON_SECURE)) {
                return UvStatus.SUCCESS;
            }
            UvStatus pinned = uv.pin(state, paddr.index());
            return pinned == UvStatus.SUCCESS ? pinned : uv.export(state, paddr.index());
        }

        @Override
        public String mnemonic() {
            return "arch_make_folio_accessible";
        }
    }

    /** SIE: the host runs a vCPU that is with it, an actor's index. */
    record Sie(int vcpu) implements Operation<UvStatus> {
        @Override
        public Results<UvStatus> results() {
            return new Results.Closed<>(UvStatus.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Ultravisor uv = machine.part(Ultravisor.class);
            return state -> {
                if (!uv.cpus().isWithHost(state, vcpu)) {
                    return Outcome.WAITS;
                }
                uv.cpus().resume(state, vcpu);
                return UvStatus.SUCCESS.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "SIE";
        }
    }
}
