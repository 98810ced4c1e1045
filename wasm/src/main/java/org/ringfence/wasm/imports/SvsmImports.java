package org.ringfence.wasm.imports;

import static org.ringfence.wasm.imports.Signature.Type.I32;
import static org.ringfence.wasm.imports.Signature.Type.I64;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.stack.guest.svsm.CallOperation.AnswerCall;
import org.ringfence.stack.guest.svsm.CallOperation.AwaitAnswer;
import org.ringfence.stack.guest.svsm.CallOperation.AwaitCall;
import org.ringfence.stack.guest.svsm.CallOperation.Field;
import org.ringfence.stack.guest.svsm.CallOperation.PostCall;
import org.ringfence.stack.guest.svsm.CallOperation.ReadCall;
import org.ringfence.stack.guest.svsm.CallOperation.ReadWord;
import org.ringfence.stack.guest.svsm.CallOperation.WriteHeader;
import org.ringfence.stack.guest.svsm.CallOperation.WriteList;
import org.ringfence.stack.guest.svsm.CallingArea;
import org.ringfence.stack.guest.svsm.RequestPages;
import org.ringfence.stack.guest.svsm.SvsmRequest;
import org.ringfence.stack.guest.svsm.SvsmResult;

/**
 * What a monitor at VMPL0 does with the calls of its inner guest: it waits for one, reads the registers, reads the list
 * of requests that lies in the inner guest's memory and that this may change at any time, and answers. And what the
 * inner guest does: it writes a list and calls. Source: SVSM
 * specification (AMD 58019), chapters 5 and 6.
 */
public final class SvsmImports {
    private static final int MOST_ENTRIES = 1023;
    private static final int MOST_WORDS = 8;

    /** The library. */
    public static final Library LIBRARY = new Library(
            "svsm",
            "calls of an inner guest, and lists of requests in its memory",
            List.of(CallingArea.PART, RequestPages.PART),
            List.of(
                    new Import(
                            "await_call",
                            Signature.of().giving(I64),
                            "waiting for a call of the inner guest on this CPU; RAX",
                            call -> Reply.of(call.ask(new AwaitCall()))),
                    new Import(
                            "read_call",
                            Signature.of(I32).giving(I64),
                            "reading a register of the call: enum ringfence_svsm_register",
                            SvsmImports::readCall),
                    new Import(
                            "read_word",
                            Signature.of(I64).giving(I64),
                            "reading 8 bytes of a list in the inner guest's memory, or RINGFENCE_SVSM_NOT_VALIDATED",
                            SvsmImports::readWord),
                    new Import(
                            "write_header",
                            Signature.of(I64, I32, I32).giving(I32),
                            "writing the header of a list back; as enum ringfence_stored",
                            SvsmImports::writeHeader),
                    new Import(
                            "answer",
                            Signature.of(I64),
                            "answering the call with this RAX",
                            SvsmImports::answer),
                    new Import(
                            "write_list",
                            Signature.of(I64, I32, I32).giving(I32),
                            "an inner guest's writing of a list of so many entries; as enum ringfence_stored",
                            SvsmImports::writeList),
                    new Import(
                            "call",
                            Signature.of(I32, I64, I64, I64).giving(I64),
                            "an inner guest's call of the core protocol on CPU 0, and waiting for the answer; RAX",
                            SvsmImports::call)));

    private SvsmImports() {}

    private static Reply readCall(ImportCall call) {
        long register = call.argument(0);
        if (register >= Field.values().length) {
            throw call.refused("reads register %d of a call, which is none of enum ringfence_svsm_register"
                    .formatted(register));
        }
        return Reply.of(call.ask(new ReadCall(Field.values()[(int) register])));
    }

    private static Reply readWord(ImportCall call) {
        requireWord(call);
        return Reply.of(call.ask(new ReadWord(call.argument(0))));
    }

    private static Reply writeHeader(ImportCall call) {
        requireWord(call);
        if (call.argument(1) > MOST_ENTRIES || call.argument(2) > MOST_ENTRIES) {
            throw call.refused("writes a header of %d entries, %d done; a page holds %d"
                    .formatted(call.argument(1), call.argument(2), MOST_ENTRIES));
        }
        return Reply.of(call.ask(
                new WriteHeader(call.argument(0), (int) call.argument(1), (int) call.argument(2))).ordinal());
    }

    private static void requireWord(ImportCall call) {
        long gpa = call.argument(0);
        if (call.geometry().page(gpa & -Geometry.SMALL) < 0 || gpa % Long.BYTES != 0) {
            throw call.refused("accesses a list at GPA 0x%X, which is no multiple of 8 in a machine with %d pages"
                    .formatted(gpa, call.geometry().pages()));
        }
    }

    private static Reply writeList(ImportCall call) {
        requireWord(call);
        long count = call.argument(2);
        if (count > MOST_WORDS) {
            throw call.refused("writes a list of %d entries; allowed are up to %d here".formatted(count, MOST_WORDS));
        }
        List<Long> words = LongStream.range(0, count)
                .mapToObj(i -> call.read(call.argument(1) + Long.BYTES * i))
                .toList();
        return Reply.of(call.ask(new WriteList(call.argument(0), words.size(), 0, words)).ordinal());
    }

    private static Reply call(ImportCall call) {
        call.ask(new PostCall(
                0, SvsmRequest.CORE, (int) call.argument(0), call.argument(1), call.argument(2), call.argument(3)));
        return Reply.of(call.ask(new AwaitAnswer(0)).rax());
    }

    private static Reply answer(ImportCall call) {
        long rax = call.argument(0);
        SvsmResult result = Arrays.stream(SvsmResult.values()).filter(one -> one.rax() == rax).findFirst()
                .orElseThrow(() -> call.refused("answers a call with 0x%X, which is no result of the specification's"
                        .formatted(rax)));
        call.ask(new AnswerCall(result, false));
        return Reply.NOTHING;
    }
}
