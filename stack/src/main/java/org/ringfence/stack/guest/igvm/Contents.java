package org.ringfence.stack.guest.igvm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Bytes that nobody changes: equal to others with the same bytes. Parts of one file share its storage. */
public final class Contents {
    /** No bytes: in a file, what is zeroes throughout is written so, with a file offset of 0. */
    public static final Contents NONE = new Contents(ByteBuffer.allocate(0));

    private final ByteBuffer bytes;

    private Contents(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** A copy of {@code bytes}. */
    public static Contents of(byte... bytes) {
        return new Contents(ByteBuffer.wrap(bytes.clone()).asReadOnlyBuffer());
    }

    /** The part of {@code file} from {@code offset} on. */
    static Contents within(ByteBuffer file, int offset, int length) {
        return new Contents(file.slice(offset, length).asReadOnlyBuffer());
    }

    /** How many bytes. */
    public int length() {
        return bytes.limit();
    }

    /** The bytes, to be read only; little endian, and with a position of its own. */
    public ByteBuffer buffer() {
        return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Whether every byte from {@code from} on is zero. */
    public boolean isZeroFrom(int from) {
        for (int i = from; i < bytes.limit(); i++) {
            if (bytes.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** A copy of the bytes, filled with zeroes up to {@code length}. */
    public byte[] paddedTo(int length) {
        byte[] padded = new byte[length];
        bytes.get(0, padded, 0, bytes.limit());
        return padded;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Contents contents && bytes.equals(contents.bytes);
    }

    @Override
    public int hashCode() {
        return bytes.hashCode();
    }

    @Override
    public String toString() {
        return bytes.limit() + " bytes";
    }
}
