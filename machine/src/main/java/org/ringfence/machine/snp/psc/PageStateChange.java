package org.ringfence.machine.snp.psc;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.sev.AnswerVmgexit;
import org.ringfence.machine.sev.ExitReason;
import org.ringfence.machine.snp.Snp;

/**
 * A page state change: software in the guest asks the host by VMGEXIT to make a page private or shared, and gets the
 * host's answer. It changes nothing by itself, and the host may answer without having done anything.
 *
 * <p>The answer is the error: {@link #OK}, or something else. By the MSR protocol (one 4K page, {@link PscMsr}) it is
 * bits 63:32 of the response, by the event 0x80000010 (here with a single entry, {@link PscEntry}) it is SW_EXITINFO2.
 *
 * @param gpa the page, in bytes
 * @param target what it shall become
 * @param size of the page; by the MSR protocol always 4K
 * @param protocol how the request is put
 */
public record PageStateChange(long gpa, Target target, Level size, Protocol protocol) implements Operation<Answer> {

    /** The answer that tells of no error. */
    public static final int OK = AnswerVmgexit.OK;

    /** The answer by which an honest host tells of an error; life has several, and software treats them alike. */
    public static final int ERROR = AnswerVmgexit.ERROR;

    /** How many answers honest hosts give: to declare {@link org.ringfence.machine.operation.Cpus} with. */
    public static final int KNOWN_ANSWERS = AnswerVmgexit.KNOWN;

    /** What a page shall become. */
    public enum Target {
        /** Operation 1: the guest's own. */
        PRIVATE(1, "private"),
        /** Operation 2: the host's too. */
        SHARED(2, "shared");

        private final int number;
        private final String printed;

        Target(int number, String printed) {
            this.number = number;
            this.printed = printed;
        }

        /** The operation's number in both protocols. */
        public int number() {
            return number;
        }

        @Override
        public String toString() {
            return printed;
        }
    }

    /** How a request is put. */
    public enum Protocol {
        /** Through the GHCB MSR: request 0x014, response 0x015. */
        MSR("MSR 0x014"),
        /** Through the GHCB: non-automatic exit 0x80000010. */
        NAE("NAE 0x80000010");

        private final String printed;

        Protocol(String printed) {
            this.printed = printed;
        }

        @Override
        public String toString() {
            return printed;
        }
    }

    public PageStateChange {
        if (protocol == Protocol.MSR && size != Level.SIZE_4K) {
            throw new IllegalArgumentException("the MSR protocol changes the state of one 4K page, not of " + size);
        }
    }

    /** A request through the GHCB. */
    public PageStateChange(long gpa, Target target, Level size) {
        this(gpa, target, size, Protocol.NAE);
    }

    @Override
    public Results<Answer> results() {
        return Results.Answers.below(KNOWN_ANSWERS);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Snp snp = machine.part(Snp.class);
        int page = GuestPages.page(snp.geometry(), gpa);
        if (size == Level.SIZE_2M && !snp.geometry().hasLargePages()) {
            throw new IllegalArgumentException("a page state change of 2M on a machine without large pages");
        }
        ExitReason reason = reason();
        int index = actor.index();
        return state -> {
            snp.leave(state, index, Status.CALLING, reason, page);
            return Outcome.CALLS;
        };
    }

    private ExitReason reason() {
        boolean large = size == Level.SIZE_2M;
        return switch (target) {
            case PRIVATE -> large ? ExitReason.PSC_PRIVATE_2M : ExitReason.PSC_PRIVATE_4K;
            case SHARED -> large ? ExitReason.PSC_SHARED_2M : ExitReason.PSC_SHARED_4K;
        };
    }

    @Override
    public String mnemonic() {
        return "PSC";
    }
}
