package org.ringfence.stack.guest.igvm;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the fields of structures, and gathers the file data they refer to: equal contents once. */
final class HeaderWriter {
    private final ByteArrayOutputStream headers = new ByteArrayOutputStream();
    private final Map<Contents, Integer> placed = new LinkedHashMap<>();
    private final int dataStart;
    private int dataLength;

    HeaderWriter(int dataStart) {
        this.dataStart = dataStart;
    }

    HeaderWriter u8(int value) {
        headers.write(value);
        return this;
    }

    HeaderWriter u16(int value) {
        return u8(value).u8(value >>> 8);
    }

    HeaderWriter u32(int value) {
        return u16(value).u16(value >>> 16);
    }

    HeaderWriter u64(long value) {
        return u32((int) value).u32((int) (value >>> 32));
    }

    HeaderWriter bytes(Contents body) {
        headers.writeBytes(body.paddedTo(body.length()));
        return this;
    }

    /** The file offset of {@code contents}; 0 for none. */
    HeaderWriter data(Contents contents) {
        if (contents.length() == 0) {
            return u32(0);
        }
        Integer before = placed.putIfAbsent(contents, dataStart + dataLength);
        if (before != null) {
            return u32(before);
        }
        int offset = dataStart + dataLength;
        dataLength = Math.addExact(dataLength, contents.length());
        return u32(offset);
    }

    void alignTo8() {
        while (headers.size() % 8 != 0) {
            headers.write(0);
        }
    }

    byte[] headers() {
        return headers.toByteArray();
    }

    byte[] data() {
        ByteArrayOutputStream data = new ByteArrayOutputStream(dataLength);
        placed.keySet().forEach(contents -> data.writeBytes(contents.paddedTo(contents.length())));
        return data.toByteArray();
    }
}
