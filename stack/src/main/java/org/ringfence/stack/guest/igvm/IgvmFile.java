package org.ringfence.stack.guest.igvm;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An IGVM file.
 *
 * @param headers the variable headers in their order
 */
public record IgvmFile(Revision revision, List<VariableHeader> headers) {
    /** {@code IGVM_MAGIC_VALUE}: "IGVM" in little endian. */
    public static final int MAGIC = 0x4D564749;

    public IgvmFile {
        headers = List.copyOf(headers);
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
