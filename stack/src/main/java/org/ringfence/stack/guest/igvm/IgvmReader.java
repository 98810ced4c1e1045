package org.ringfence.stack.guest.igvm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads IGVM files. The order of checks is that of the reference reader, igvm/src/lib.rs,
 * {@code IgvmFile::new_from_binary}: fixed header, checksum, then the variable headers one by one.
 */
public final class IgvmReader {
    private static final int MAGIC_AT = 0;
    private static final int VERSION_AT = 4;
    private static final int VARIABLE_OFFSET_AT = 8;
    private static final int VARIABLE_SIZE_AT = 12;
    private static final int TOTAL_SIZE_AT = 16;
    private static final int CHECKSUM_AT = 20;
    private static final int ARCHITECTURE_AT = 24;
    private static final int PAGE_SIZE_AT = 28;
    private static final int HEADER = 8;

    private final ByteBuffer file;
    private final List<IgvmFile.Warning> warnings = new ArrayList<>();

    private IgvmReader(byte[] file) {
        this.file = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The file in {@code bytes}.
     *
     * @throws IgvmRefused where it is none
     */
    public static IgvmFile read(byte[] bytes) throws IgvmRefused {
        return new IgvmReader(bytes.clone()).read();
    }

    private IgvmFile read() throws IgvmRefused {
        require(Revision.V1.fixedHeaderSize());
        if (file.getInt(MAGIC_AT) != IgvmFile.MAGIC) {
            throw new IgvmRefused(MAGIC_AT, "the magic is 0x%08X; an IGVM file begins with 0x%08X, \"IGVM\""
                    .formatted(file.getInt(MAGIC_AT), IgvmFile.MAGIC));
        }
        Revision revision = revision();
        long total = u32(TOTAL_SIZE_AT);
        if (total != file.limit()) {
            throw new IgvmRefused(TOTAL_SIZE_AT, "the file's size is given as %d bytes, and it has %d"
                    .formatted(total, file.limit()));
        }
        long begin = u32(VARIABLE_OFFSET_AT);
        if (begin < revision.fixedHeaderSize() || begin % 8 != 0 || begin > total) {
            throw new IgvmRefused(
                    VARIABLE_OFFSET_AT,
                    "the variable headers begin at 0x%X; it must be a multiple of 8 from 0x%X to the file's end at 0x%X"
                            .formatted(begin, revision.fixedHeaderSize(), total));
        }
        long size = u32(VARIABLE_SIZE_AT);
        if (size > total - begin) {
            throw new IgvmRefused(VARIABLE_SIZE_AT,
                    "the variable headers have %d bytes, and the file ends %d after their beginning"
                            .formatted(size, total - begin));
        }
        int checksum = IgvmWriter.checksum(file, revision.fixedHeaderSize(), (int) begin, (int) size);
        if (file.getInt(CHECKSUM_AT) != checksum) {
            throw new IgvmRefused(CHECKSUM_AT, "the checksum is 0x%08X; the headers have 0x%08X"
                    .formatted(file.getInt(CHECKSUM_AT), checksum));
        }
        List<VariableHeader> headers = headers(revision, (int) begin, (int) (begin + size));
        return new IgvmFile(revision, headers, warnings);
    }

    private void require(int fixedHeaderSize) throws IgvmRefused {
        if (file.limit() < fixedHeaderSize) {
            throw new IgvmRefused(file.limit(), "the file ends within its fixed header of %d bytes"
                    .formatted(fixedHeaderSize));
        }
    }

    private Revision revision() throws IgvmRefused {
        long version = u32(VERSION_AT);
        if (version == 1) {
            return Revision.V1;
        }
        if (version != 2) {
            throw new IgvmRefused(VERSION_AT, "the format's version is %d; known are 1 and 2".formatted(version));
        }
        require(Revision.V2_X64.fixedHeaderSize());
        long architecture = u32(ARCHITECTURE_AT);
        if (architecture > 1) {
            throw new IgvmRefused(ARCHITECTURE_AT, "the architecture is %d; known are 0, X64, and 1, AARCH64"
                    .formatted(architecture));
        }
        if (u32(PAGE_SIZE_AT) != 0x1000) {
            throw new IgvmRefused(PAGE_SIZE_AT, "the page size is 0x%X; only 0x1000 is supported"
                    .formatted(u32(PAGE_SIZE_AT)));
        }
        return architecture == 0 ? Revision.V2_X64 : Revision.V2_AARCH64;
    }

    private List<VariableHeader> headers(Revision revision, int begin, int end) throws IgvmRefused {
        List<VariableHeader> headers = new ArrayList<>();
        LaunchRules rules = new LaunchRules(revision, warnings);
        int at = begin;
        while (at < end) {
            if (end - at < HEADER) {
                throw new IgvmRefused(at, "%d bytes are left of the variable headers; a header begins with %d"
                        .formatted(end - at, HEADER));
            }
            long length = u32(at + 4);
            if (length > end - at - HEADER) {
                throw new IgvmRefused(at + 4L, "the header has %d bytes, and %d are left of the variable headers"
                        .formatted(length, end - at - HEADER));
            }
            headers.add(header(rules, at, (int) length, end));
            at = Math.min(end, at + HEADER + ((int) length + 7 & ~7));
        }
        rules.end(begin);
        return headers;
    }

    private VariableHeader header(LaunchRules rules, int at, int length, int end) throws IgvmRefused {
        int code = file.getInt(at) & ~HeaderType.OPTIONAL_BIT;
        boolean optional = (file.getInt(at) & HeaderType.OPTIONAL_BIT) != 0;
        int padding = Math.min(end - at - HEADER, length + 7 & ~7) - length;
        HeaderReader in = new HeaderReader(file, end, at + HEADER);
        Optional<HeaderType> type = HeaderType.of(code);
        if (type.isEmpty() && !optional) {
            throw new IgvmRefused(at, "header type 0x%X is not known, and is not marked as optional".formatted(code));
        }
        if (type.isPresent() && type.get().length() != length) {
            throw new IgvmRefused(at + 4L, "a %s has %d bytes, not %d"
                    .formatted(type.get(), type.get().length(), length));
        }
        rules.enter(at, code);
        IgvmHeader header = type.isPresent()
                ? HeaderLayout.read(type.get(), in, rules::platform)
                : new IgvmHeader.Ignored(code, in.rest(length));
        if (!new HeaderReader(file, end, at + HEADER + length).rest(padding).isZeroFrom(0)) {
            warnings.add(new IgvmFile.Warning(at + HEADER + (long) length,
                    "the %d bytes of padding behind a %s are not zero, as they should be; they are passed over"
                            .formatted(padding, type.map(Enum::name).orElse("header of unknown type"))));
        }
        rules.check(at, header);
        return new VariableHeader(optional, header);
    }

    private long u32(int at) {
        return Integer.toUnsignedLong(file.getInt(at));
    }
}
