package org.ringfence.stack.guest.igvm;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An IGVM file.
 *
 * @param headers the variable headers in their order
 * @param warnings what is odd about the file and no reason to refuse it
 */
public record IgvmFile(Revision revision, List<VariableHeader> headers, List<Warning> warnings) {
    /** {@code IGVM_MAGIC_VALUE}: "IGVM" in little endian. */
    public static final int MAGIC = 0x4D564749;

    /**
     * What is odd about a file.
     *
     * @param at the byte in the file
     * @param sentence without a full stop
     */
    public record Warning(long at, String sentence) {}

    public IgvmFile {
        headers = List.copyOf(headers);
        warnings = List.copyOf(warnings);
    }

    /** A file about which nothing is odd. */
    public IgvmFile(Revision revision, List<VariableHeader> headers) {
        this(revision, headers, List.of());
    }

    /** A file of headers none of which may be left out. */
    public static IgvmFile of(Revision revision, IgvmHeader... headers) {
        return new IgvmFile(revision, Stream.of(headers).map(VariableHeader::required).toList());
    }

    /** The header that says that the file can be loaded on {@code platform}. */
    public Optional<IgvmHeader.SupportedPlatform> platform(PlatformType platform) {
        return headers.stream()
                .map(VariableHeader::header)
                .filter(IgvmHeader.SupportedPlatform.class::isInstance)
                .map(IgvmHeader.SupportedPlatform.class::cast)
                .filter(header -> header.platform() == platform)
                .findFirst();
    }
}
