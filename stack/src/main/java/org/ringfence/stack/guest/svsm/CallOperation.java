package org.ringfence.stack.guest.svsm;

import java.util.List;
import java.util.Objects;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.stack.guest.svsm.CallingArea.Status;
import org.ringfence.stack.guest.svsm.CallingArea.Use;

/** What the inner guest and the monitor do with a {@link CallingArea}. */
public sealed interface CallOperation<R> extends Operation<R> {

    @Override
    default List<Part> needs() {
        return List.of(CallingArea.PART);
    }

    /** A step on the area. */
    @FunctionalInterface
    interface OnArea {
        /** The step on this area. */
        Step step(CallingArea area);
    }

    private static Step on(Machine machine, OnArea what) {
        return what.step(machine.part(CallingArea.class));
    }

    /** The inner guest makes the call {@code request}. Waits while the monitor works at one. */
    record PostCall(int request) implements CallOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            return CallOperation.on(machine, area -> {
                Objects.checkIndex(request, area.requests().size());
                return state -> area.post(state, request) ? Done.DONE.ordinal() : Outcome.WAITS;
            });
        }

        @Override
        public String mnemonic() {
            return "SVSM call";
        }

        @Override
        public String toString() {
            return "SVSM call " + request;
        }
    }

    /** The inner guest waits for the answer to its call: RAX. */
    record AwaitAnswer() implements CallOperation<SvsmResult> {
        @Override
        public Results<SvsmResult> results() {
            return new Results.Closed<>(SvsmResult.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            return CallOperation.on(machine, area -> state -> {
                if (!area.status().is(state, 0, Status.ANSWERED)) {
                    return Outcome.WAITS;
                }
                area.status().set(state, 0, Status.IDLE);
                return area.result().ordinal(state, 0);
            });
        }

        @Override
        public String mnemonic() {
            return "await answer";
        }

        @Override
        public String toString() {
            return "waits for the answer of the monitor";
        }
    }

    /** The monitor waits for a call: RAX. */
    record AwaitCall() implements CallOperation<Long> {
        @Override
        public Results<Long> results() {
            return new Results.Value();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            return CallOperation.on(machine, area -> state -> {
                if (!area.status().is(state, 0, Status.CALLED)) {
                    return Outcome.WAITS;
                }
                SvsmRequest request = area.current(state);
                return (long) request.protocol() << 32 | request.call();
            });
        }

        @Override
        public String mnemonic() {
            return "await call";
        }

        @Override
        public String toString() {
            return "waits for a call";
        }
    }

    /** A part of a call that the monitor reads. */
    enum Field {
        RCX,
        RDX,
        R8,
        ENTRIES,
        NEXT
    }

    /** The monitor reads a register or a field of the request's header. */
    record ReadCall(Field field) implements CallOperation<Long> {
        @Override
        public Results<Long> results() {
            return new Results.Value();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            return CallOperation.on(machine, area -> state -> switch (field) {
                case RCX -> area.current(state).rcx();
                case RDX -> area.current(state).rdx();
                case R8 -> area.current(state).r8();
                case ENTRIES -> area.current(state).entries();
                case NEXT -> area.current(state).next();
            });
        }

        @Override
        public String mnemonic() {
            return "read call";
        }

        @Override
        public String toString() {
            return "reads " + field;
        }
    }

    /** The monitor reads an entry of the request. */
    record ReadEntry(int index) implements CallOperation<Long> {
        @Override
        public Results<Long> results() {
            return new Results.Value();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            return CallOperation.on(machine, area -> state -> {
                var list = area.current(state).list();
                return index < list.size() ? list.get(index) : 0;
            });
        }

        @Override
        public String mnemonic() {
            return "read entry";
        }

        @Override
        public String toString() {
            return "reads entry " + index;
        }
    }

    /** For {@link AnswerCall}: the header is not written back. */
    int SAME_NEXT = -1;

    /** The monitor writes the header's {@code next} back, or leaves it with {@link #SAME_NEXT}, and its answer: RAX. */
    record AnswerCall(SvsmResult result, int next) implements CallOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            return CallOperation.on(machine, area -> state -> {
                if (next != SAME_NEXT) {
                    area.next().set(state, Math.min(next, area.next().max()));
                }
                area.answer(state, result);
                return Done.DONE.ordinal();
            });
        }

        @Override
        public String mnemonic() {
            return "SVSM answer";
        }

        @Override
        public String toString() {
            return next == SAME_NEXT ? "answers " + result : "answers %s, next %d".formatted(result, next);
        }
    }

    /** What the page at {@code gpa} is registered as. */
    record LookUpUse(long gpa) implements CallOperation<Use> {
        @Override
        public Results<Use> results() {
            return new Results.Closed<>(Use.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            return CallOperation.on(machine, area -> {
                int page = GuestPages.page(area.geometry(), gpa);
                return state -> area.use().ordinal(state, page);
            });
        }

        @Override
        public String mnemonic() {
            return "look up use";
        }

        @Override
        public String toString() {
            return "what is GPA 0x%X registered as?".formatted(gpa);
        }
    }

    /** The monitor registers the page at {@code gpa}, or with {@link Use#NONE} no longer. */
    record Register(long gpa, Use as) implements CallOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            return CallOperation.on(machine, area -> {
                int page = GuestPages.page(area.geometry(), gpa);
                return state -> {
                    area.use().set(state, page, as);
                    return Done.DONE.ordinal();
                };
            });
        }

        @Override
        public String mnemonic() {
            return "register";
        }

        @Override
        public String toString() {
            return "registers GPA 0x%X as %s".formatted(gpa, as);
        }
    }

    /** The inner guest writes what it takes for a VMSA into the page at {@code gpa}: one that is fit, or not. */
    record WriteVmsa(long gpa, boolean fit) implements CallOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            return CallOperation.on(machine, area -> {
                int page = GuestPages.page(area.geometry(), gpa);
                return state -> {
                    area.fit().set(state, page, fit);
                    return Done.DONE.ordinal();
                };
            });
        }

        @Override
        public String mnemonic() {
            return "write VMSA";
        }

        @Override
        public String toString() {
            return "writes %s VMSA to GPA 0x%X".formatted(fit ? "a fit" : "an unfit", gpa);
        }
    }

    /** Whether the page at {@code gpa} holds a fit VMSA: VMPL 2, EFER.SVME set, the monitor's SEV_FEATURES. */
    record IsFitVmsa(long gpa) implements CallOperation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            return CallOperation.on(machine, area -> {
                int page = GuestPages.page(area.geometry(), gpa);
                return state -> area.fit().get(state, page) ? 1 : 0;
            });
        }

        @Override
        public String mnemonic() {
            return "check VMSA";
        }

        @Override
        public String toString() {
            return "is a fit VMSA at GPA 0x%X?".formatted(gpa);
        }
    }
}
