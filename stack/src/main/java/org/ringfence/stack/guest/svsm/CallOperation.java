package org.ringfence.stack.guest.svsm;

import java.util.List;
import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.snp.Snp;
import org.ringfence.stack.guest.svsm.CallingArea.Status;
import org.ringfence.stack.guest.svsm.SvsmRequest.Registers;

/**
 * What the inner guest and the monitor do with a {@link CallingArea} and with {@link RequestPages}. A CPU of the
 * monitor is the actor of that index; it reads and writes the inner guest's memory through a mapping of its own, so
 * that what is wrong with the page is a fault of the monitor's.
 */
public sealed interface CallOperation<R> extends Operation<R> permits CallOperation.PostCall, CallOperation.AwaitAnswer,
        CallOperation.AwaitCall, CallOperation.ReadCall, CallOperation.AnswerCall, CallOperation.WriteList,
        CallOperation.ReadWord, CallOperation.WriteHeader, RegistryOperation {

    @Override
    default List<Part> needs() {
        return List.of(CallingArea.PART);
    }

    /** What {@link ReadWord} gives where the page is not validated: #VC with exit code 0x404. */
    long NOT_VALIDATED = Long.MAX_VALUE;

    /** The inner guest makes a call on {@code cpu}. Waits while the monitor works at one there. */
    record PostCall(int cpu, int protocol, int call, long rcx, long rdx, long r8)
            implements
                CallOperation<Done>,
                Action {
        public PostCall {
            Registers.require(rcx, rdx, r8);
        }

        static PostCall of(int cpu, Registers call) {
            return new PostCall(cpu, call.protocol(), call.call(), call.rcx(), call.rdx(), call.r8());
        }

        private Registers registers() {
            return new Registers(protocol, call, rcx, rdx, r8);
        }

        @Override
        public List<Part> needs() {
            return List.of(new CallingArea.Knowing(List.of(registers()), false));
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            CallingArea area = machine.part(CallingArea.class);
            int index = area.indexOf(registers());
            area.require(cpu);
            return state -> area.post(state, cpu, index) ? Done.DONE.ordinal() : Outcome.WAITS;
        }

        @Override
        public String mnemonic() {
            return "SVSM call";
        }
    }

    /** The inner guest waits for the answer to its call on {@code cpu}: RAX. */
    record AwaitAnswer(int cpu) implements CallOperation<SvsmResult> {
        @Override
        public Results<SvsmResult> results() {
            return new Results.Closed<>(SvsmResult.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            CallingArea area = machine.part(CallingArea.class);
            area.require(cpu);
            return state -> {
                if (!area.status().is(state, cpu, Status.ANSWERED)) {
                    return Outcome.WAITS;
                }
                area.status().set(state, cpu, Status.IDLE);
                return area.result().ordinal(state, cpu);
            };
        }

        @Override
        public String mnemonic() {
            return "await answer";
        }
    }

    /** The monitor waits for a call on its CPU: RAX. */
    record AwaitCall() implements CallOperation<Long> {
        @Override
        public Results<Long> results() {
            return new Results.Value();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            CallingArea area = machine.part(CallingArea.class);
            int cpu = area.require(actor.index());
            return state -> {
                if (!area.status().is(state, cpu, Status.CALLED)) {
                    return Outcome.WAITS;
                }
                Registers call = area.registers(state, cpu);
                return (long) call.protocol() << 32 | call.call();
            };
        }

        @Override
        public String mnemonic() {
            return "await call";
        }
    }

    /** A register of a call. */
    enum Field {
        RCX,
        RDX,
        R8
    }

    /** The monitor reads a register of the call on its CPU. */
    record ReadCall(Field field) implements CallOperation<Long> {
        @Override
        public Results<Long> results() {
            return new Results.Value();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            CallingArea area = machine.part(CallingArea.class);
            int cpu = area.require(actor.index());
            return state -> switch (field) {
                case RCX -> area.registers(state, cpu).rcx();
                case RDX -> area.registers(state, cpu).rdx();
                case R8 -> area.registers(state, cpu).r8();
            };
        }

        @Override
        public String mnemonic() {
            return "read call";
        }
    }

    /**
     * The monitor answers the call on its CPU: RAX.
     *
     * @param supported what QUERY_PROTOCOL leaves in RCX: versions 1 to 1; else 0
     */
    record AnswerCall(SvsmResult result, boolean supported) implements CallOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            CallingArea area = machine.part(CallingArea.class);
            int cpu = area.require(actor.index());
            return state -> {
                area.status().set(state, cpu, Status.ANSWERED);
                area.result().set(state, cpu, result);
                area.supported().set(state, cpu, supported);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "SVSM answer";
        }
    }

    /** The inner guest writes a list of entries for PVALIDATE through its own private mapping. */
    record WriteList(long gpa, int entries, int next, List<Long> words) implements CallOperation<Stored> {
        public WriteList {
            words = List.copyOf(words);
            SvsmRequest.Entries.require(gpa, entries, next, words);
        }

        static WriteList of(SvsmRequest.Entries list) {
            return new WriteList(list.gpa(), list.entries(), list.next(), list.words());
        }

        private SvsmRequest.Entries list() {
            return new SvsmRequest.Entries(gpa, entries, next, words);
        }

        @Override
        public List<Part> needs() {
            return List.of(new RequestPages.Knowing(List.of(list()), false));
        }

        @Override
        public Results<Stored> results() {
            return new Results.Closed<>(Stored.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            RequestPages pages = machine.part(RequestPages.class);
            Snp snp = machine.part(Snp.class);
            int index = pages.indexOf(list());
            int page = GuestPages.page(snp.geometry(), gpa & -GuestPage.BYTES);
            return state -> {
                long frame = snp.access(state, actor, page, Mapping.PRIVATE, true);
                if (frame < 0) {
                    return GuestPage.stored(frame);
                }
                pages.write(state, (int) frame, index);
                return Stored.STORED.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "write SVSM list";
        }
    }

    /** The monitor reads the 64-bit word at {@code gpa} of the inner guest's memory, or {@link #NOT_VALIDATED}. */
    record ReadWord(long gpa) implements CallOperation<Long> {
        @Override
        public List<Part> needs() {
            return List.of(RequestPages.PART);
        }

        @Override
        public Results<Long> results() {
            return new Results.Value();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            RequestPages pages = machine.part(RequestPages.class);
            Snp snp = machine.part(Snp.class);
            int page = GuestPages.page(snp.geometry(), gpa & -GuestPage.BYTES);
            return state -> {
                long frame = snp.access(state, actor, page, Mapping.PRIVATE, false);
                if (frame == GuestMemory.PAGE_NOT_VALIDATED) {
                    return NOT_VALIDATED;
                }
                return frame < 0 ? frame : pages.read(state, (int) frame, gpa);
            };
        }

        @Override
        public String mnemonic() {
            return "read SVSM list";
        }
    }

    /** The monitor writes the header of a list back. */
    record WriteHeader(long gpa, int entries, int next) implements CallOperation<Stored> {
        @Override
        public List<Part> needs() {
            return List.of(RequestPages.PART);
        }

        @Override
        public Results<Stored> results() {
            return new Results.Closed<>(Stored.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            RequestPages pages = machine.part(RequestPages.class);
            Snp snp = machine.part(Snp.class);
            int page = GuestPages.page(snp.geometry(), gpa & -GuestPage.BYTES);
            return state -> {
                long frame = snp.access(state, actor, page, Mapping.PRIVATE, true);
                if (frame < 0) {
                    return GuestPage.stored(frame);
                }
                pages.writeBack(state, (int) frame, gpa, entries, next);
                return Stored.STORED.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "write SVSM header";
        }
    }
}
