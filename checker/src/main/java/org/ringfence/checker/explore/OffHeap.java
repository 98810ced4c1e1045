package org.ringfence.checker.explore;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A growing piece of memory outside the Java heap that stays where it is: address space is reserved first and pages are
 * committed as they are touched, with huge pages where the system gives them. Where there is no {@code mmap}, it is
 * moved by {@code realloc} when it grows, so {@link #address} must be read anew after {@link #ensure}.
 *
 * <p>Reads and writes are by address and are not checked against the piece they belong to: this class is the explorer's
 * own.
 */
final class OffHeap implements AutoCloseable {
    /** Bytes of a huge page. */
    static final long HUGE = 2L << 20;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    @SuppressWarnings("restricted")
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_ANONYMOUS = onMac() ? 0x1000 : 0x20;
    private static final int MAP_NORESERVE = onMac() ? 0x40 : 0x4000;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_HUGEPAGE = 14;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final @Nullable MethodHandle MMAP = handle(
            "mmap",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG));
    private static final @Nullable MethodHandle MUNMAP = handle(
            "munmap",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final @Nullable MethodHandle MADVISE = handle(
            "madvise",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    private static final @Nullable MethodHandle REALLOC = handle(
            "realloc",
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final @Nullable MethodHandle FREE =
            handle("free", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG));

    private final boolean mapped;
    private final long reserved;
    private long address;
    private boolean advised;
    private long size;

    /** Reserves up to {@code most} bytes, rounded up to huge pages. */
    OffHeap(long most) {
        long rounded = roundUp(most, HUGE) + HUGE;
        long at = -1;
        if (MMAP != null) {
            at = mmap(rounded);
        }
        mapped = at > 0;
        reserved = rounded;
        address = mapped ? roundUp(at, HUGE) : 0;
        base = mapped ? at : 0;
    }

    private final long base;

    private static boolean onMac() {
        return System.getProperty("os.name").startsWith("Mac");
    }

    @SuppressWarnings("restricted")
    private static @Nullable MethodHandle handle(String name, FunctionDescriptor descriptor) {
        Optional<MemorySegment> symbol = LINKER.defaultLookup().find(name);
        return symbol.map(found -> LINKER.downcallHandle(found, descriptor)).orElse(null);
    }

    private static long mmap(long bytes) {
        try {
            return (long) java.util.Objects.requireNonNull(MMAP)
                    .invokeExact(
                            0L,
                            bytes,
                            PROT_READ_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                            -1,
                            0L);
        } catch (Throwable e) {
            throw new IllegalStateException("mmap cannot be called", e);
        }
    }

    private static void madvise(long address, long bytes, int advice) {
        if (MADVISE == null || onMac()) {
            return;
        }
        try {
            int ignored = (int) MADVISE.invokeExact(address, bytes, advice);
        } catch (Throwable e) {
            throw new IllegalStateException("madvise cannot be called", e);
        }
    }

    /** Where it begins. */
    long address() {
        return address;
    }

    /** Makes at least {@code bytes} usable; those not used before are zero. */
    void ensure(long bytes) {
        if (bytes <= size) {
            return;
        }
        if (mapped) {
            if (bytes > reserved - HUGE) {
                throw new OutOfMemoryError("more than the reserved " + reserved + " bytes are needed");
            }
            if (bytes > HUGE && !advised) {
                madvise(address, reserved - HUGE, MADV_HUGEPAGE);
                advised = true;
            }
            size = bytes;
        } else {
            long grown = Math.max(bytes, size + size / 2);
            long at;
            try {
                at = (long) java.util.Objects.requireNonNull(REALLOC).invokeExact(address, grown);
            } catch (Throwable e) {
                throw new IllegalStateException("realloc cannot be called", e);
            }
            if (at == 0) {
                throw new OutOfMemoryError("no memory for " + grown + " bytes outside the Java heap");
            }
            address = at;
            ALL.asSlice(address + size, grown - size).fill((byte) 0);
            size = grown;
        }
    }

    /** Gives the memory back and keeps the reservation; what is ensured next is zero. */
    void release() {
        if (mapped && size > 0) {
            madvise(address, roundUp(size, 4096), onMac() ? 0 : MADV_DONTNEED);
            if (onMac() || MADVISE == null) {
                zero(address, size);
            }
            size = 0;
        } else if (size > 0) {
            zero(address, size);
        }
    }

    /** Bytes in use, rounded up to the pages they lie in. */
    long committed() {
        return roundUp(size, advised ? HUGE : 4096);
    }

    @Override
    public void close() {
        try {
            if (mapped) {
                int ignored = (int) java.util.Objects.requireNonNull(MUNMAP).invokeExact(base, reserved);
            } else if (address != 0) {
                java.util.Objects.requireNonNull(FREE).invokeExact(address);
            }
        } catch (Throwable e) {
            throw new IllegalStateException("memory cannot be given back", e);
        }
        address = 0;
        size = 0;
    }

    static long roundUp(long bytes, long unit) {
        return (bytes + unit - 1) / unit * unit;
    }

    /** These bytes, to read and write files. */
    static ByteBuffer buffer(long address, int bytes) {
        return ALL.asSlice(address, bytes).asByteBuffer();
    }

    static long getLong(long address) {
        return ALL.get(LONG, address);
    }

    static void putLong(long address, long value) {
        ALL.set(LONG, address, value);
    }

    static int getInt(long address) {
        return ALL.get(INT, address);
    }

    static void putInt(long address, int value) {
        ALL.set(INT, address, value);
    }

    static short getShort(long address) {
        return ALL.get(SHORT, address);
    }

    static void putShort(long address, short value) {
        ALL.set(SHORT, address, value);
    }

    static void zero(long address, long bytes) {
        ALL.asSlice(address, bytes).fill((byte) 0);
    }

    static void copy(long from, long to, long bytes) {
        MemorySegment.copy(ALL, from, ALL, to, bytes);
    }

    static void copy(long from, long[] to, int longs) {
        MemorySegment.copy(ALL, LONG, from, to, 0, longs);
    }
}
