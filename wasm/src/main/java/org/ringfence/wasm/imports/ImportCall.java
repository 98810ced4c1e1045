package org.ringfence.wasm.imports;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Operation;

/** One call of an import, under way: its arguments, the module's memory, and the machine. */
public interface ImportCall {

    /** The argument {@code index}, from 0; of 32 bits, with the upper ones zero. */
    long argument(int index);

    /** Eight bytes of the module's memory. A panic where it has no such address. */
    long read(long address);

    /** The text of C at {@code address}, up to its zero byte. */
    String text(long address);

    /** The machine's size. */
    Geometry geometry();

    /** Numbers of 64 bits that the module compares with. */
    List<Long> constants();

    /** Asks the machine, in the name of the line that calls. */
    <R> R ask(Operation<R> operation);

    /** Whether {@code answer} is {@code value}, asked in the name of the line that calls. */
    boolean is(Answer answer, long value);

    /** Loads {@code bytes} of memory that is declared shared. */
    long loadShared(long address, int bytes);

    /** Stores them. */
    void storeShared(long address, int bytes, long value);

    /** Ends the actor: the module gives up. */
    RuntimeException panic(String reason);

    /** Ends the check: the module asks for what has no meaning here. */
    RuntimeException refused(String sentence);

    /**
     * A number for an answer from someone who need not be honest: each of {@code documented}, each number that the
     * module compares with, and one that is none of them.
     */
    default long sample(Answer answer, List<Long> documented) {
        for (long one : documented) {
            if (is(answer, one)) {
                return one;
            }
        }
        for (long one : constants()) {
            if (!documented.contains(one) && is(answer, one)) {
                return one;
            }
        }
        return answer.witness();
    }
}
