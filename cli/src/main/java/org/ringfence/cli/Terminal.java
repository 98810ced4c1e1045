package org.ringfence.cli;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Asks the C library what is a terminal: {@link System#console} tells only of standard input and output together, never
 * of errors.
 */
final class Terminal {
    /** Standard output. */
    static final int OUT = 1;
    /** Standard error. */
    static final int ERR = 2;

    private Terminal() {}

    /** Whether the file descriptor is a terminal; false where the C library has no {@code isatty}. */
    @SuppressWarnings("restricted") // the jar's manifest grants native access
    static boolean is(int descriptor) {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> isatty = linker.defaultLookup().find("isatty");
        if (isatty.isEmpty()) {
            return false;
        }
        try {
            return (int) linker.downcallHandle(isatty.get(), FunctionDescriptor.of(JAVA_INT, JAVA_INT))
                    .invokeExact(descriptor)
                    == 1;
        } catch (Throwable unforeseen) {
            throw new IllegalStateException("isatty cannot be called", unforeseen);
        }
    }
}
