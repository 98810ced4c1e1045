package org.ringfence.machine.state;

/**
 * A value that its field cannot hold, or an entry that its table does not have. It was not stored: whoever asked for it
 * is wrong, and so is every state that would follow. The sentence names the field, the value and what is allowed.
 */
public final class OutOfRange extends RuntimeException {
    private static final long serialVersionUID = 1;

    private OutOfRange(String sentence) {
        super(sentence);
    }

    /** Of a value for the field {@code name}; allowed is from {@code least} to {@code most}. */
    static OutOfRange value(String name, long value, long least, long most) {
        return new OutOfRange("%s cannot hold %d; allowed is %d to %d".formatted(name, value, least, most));
    }

    /** Of bits of which the field {@code name} has only those of {@code mask}. */
    static OutOfRange bits(String name, long bits, long mask) {
        return new OutOfRange("%s cannot hold 0x%X; its bits are 0x%X".formatted(name, bits, mask));
    }

    /** Of an entry of a table that has {@code count}. */
    static OutOfRange entry(String field, int index, int count) {
        return new OutOfRange("%s has no entry %d; allowed is 0 to %d".formatted(field, index, count - 1));
    }
}
