package org.ringfence.stack.guest.igvm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/** Writes IGVM files: fixed header, variable headers, file data, and nothing between them. */
public final class IgvmWriter {
    private static final int HEADER = 8;
    private static final int CHECKSUM_AT = 0x14;

    private IgvmWriter() {}

    /** {@code file} as bytes. What its headers say is not held against any rule; {@link IgvmReader} does that. */
    public static byte[] write(IgvmFile file) {
        int fixed = file.revision().fixedHeaderSize();
        int variable = file.headers().stream()
                .mapToInt(header -> HEADER + roundUpTo8(length(header.header())))
                .sum();
        HeaderWriter out = new HeaderWriter(fixed + variable);
        for (VariableHeader header : file.headers()) {
            out.u32(code(header.header()) | (header.optional() ? HeaderType.OPTIONAL_BIT : 0))
                    .u32(length(header.header()));
            HeaderLayout.write(header.header(), out);
            out.alignTo8();
        }
        byte[] data = out.data();
        ByteBuffer bytes = ByteBuffer.allocate(fixed + variable + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(IgvmFile.MAGIC)
                .putInt(file.revision().formatVersion())
                .putInt(fixed)
                .putInt(variable)
                .putInt(bytes.capacity())
                .putInt(0);
        if (file.revision().formatVersion() > 1) {
            bytes.putInt(file.revision().architecture()).putInt(0x1000);
        }
        bytes.put(out.headers()).put(data);
        return withChecksum(bytes.array());
    }

    /** {@code file} with the checksum that its headers have; for files that were changed by hand. */
    public static byte[] withChecksum(byte[] file) {
        byte[] copy = file.clone();
        ByteBuffer bytes = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
        int fixed = bytes.getInt(4) == 1 ? Revision.V1.fixedHeaderSize() : Revision.V2_X64.fixedHeaderSize();
        bytes.putInt(CHECKSUM_AT, checksum(bytes, fixed, bytes.getInt(8), bytes.getInt(12)));
        return copy;
    }

    /** CRC32 over the fixed header, its checksum taken for zero, and the variable headers. */
    static int checksum(ByteBuffer file, int fixed, int variable, int length) {
        CRC32 crc = new CRC32();
        byte[] header = new byte[fixed];
        file.get(0, header);
        for (int i = CHECKSUM_AT; i < CHECKSUM_AT + 4; i++) {
            header[i] = 0;
        }
        crc.update(header);
        crc.update(file.slice(variable, length));
        return (int) crc.getValue();
    }

    private static int length(IgvmHeader header) {
        return header instanceof IgvmHeader.Ignored ignored ? ignored.body().length() : header.type().length();
    }

    private static int code(IgvmHeader header) {
        return header instanceof IgvmHeader.Ignored ignored ? ignored.code() : header.type().code();
    }

    private static int roundUpTo8(int length) {
        return length + 7 & ~7;
    }
}
