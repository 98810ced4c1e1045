package org.ringfence.stack.guest.igvm;

import java.nio.ByteBuffer;

/** Reads the fields of one structure, and remembers where the last one was for whoever refuses it. */
final class HeaderReader {
    private static final int PAGE_MASK = 0xFFF;

    private final ByteBuffer file;
    private final int dataStart;
    private int at;
    private int last;

    /**
     * A reader of {@code file}, little endian.
     *
     * @param dataStart where the file data begins
     */
    HeaderReader(ByteBuffer file, int dataStart, int at) {
        this.file = file;
        this.dataStart = dataStart;
        this.at = at;
        this.last = at;
    }

    private int step(int bytes) {
        last = at;
        at += bytes;
        return last;
    }

    int u8() {
        return file.get(step(1)) & 0xFF;
    }

    int u16() {
        return file.getShort(step(2)) & 0xFFFF;
    }

    int i32() {
        return file.getInt(step(4));
    }

    long u32() {
        return Integer.toUnsignedLong(i32());
    }

    long u64() {
        return file.getLong(step(8));
    }

    /** An address or size of 64 bits that must be a multiple of 4K. */
    long pages(String what) throws IgvmRefused {
        return aligned(u64(), what, PAGE_MASK);
    }

    long aligned(long value, String what, long mask) throws IgvmRefused {
        if ((value & mask) != 0) {
            throw refuse("%s 0x%X is no multiple of 0x%X".formatted(what, value, mask + 1));
        }
        return value;
    }

    void reserved(int bytes) throws IgvmRefused {
        step(bytes);
        for (int i = 0; i < bytes; i++) {
            if (file.get(last + i) != 0) {
                throw refuse("%d reserved bytes are not all zero".formatted(bytes));
            }
        }
    }

    Contents rest(int bytes) {
        return Contents.within(file, step(bytes), bytes);
    }

    /** Where the next field is. */
    int next() {
        return at;
    }

    /**
     * The {@code bytes} of file data at {@code offset}, which the field at {@code field} names; none for the offset 0.
     */
    Contents data(int field, long offset, long bytes) throws IgvmRefused {
        if (offset == 0) {
            return Contents.NONE;
        }
        if (offset < dataStart || Long.compareUnsigned(bytes, file.limit()) > 0 || bytes > file.limit() - offset) {
            throw new IgvmRefused(field, "file offset 0x%X and %s bytes lie outside of the file data from 0x%X to 0x%X"
                    .formatted(offset, Long.toUnsignedString(bytes), dataStart, file.limit()));
        }
        return Contents.within(file, (int) offset, (int) bytes);
    }

    IgvmRefused refuse(String sentence) {
        return new IgvmRefused(last, sentence);
    }
}
