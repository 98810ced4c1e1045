package org.ringfence.stack.guest.uefi.map;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;

/**
 * The binary form of a map: EFI_MEMORY_DESCRIPTORs, little-endian, DescriptorSize bytes from one to the next. At offset
 * 0 the type (4 bytes, and 4 that are not looked at), at 8 PhysicalStart, at 16 VirtualStart, at 24 NumberOfPages, at
 * 32 Attribute. Source: UEFI 2.10, 7.2.3.
 */
final class DescriptorReader {
    /** Bytes of the fields of version 1. */
    static final int LEAST = 40;

    /** Bytes from one to the next that no firmware comes near. */
    static final int MOST = 4096;

    private static final int START = 8;
    private static final int PAGES = 24;
    private static final int ATTRIBUTE = 32;
    private static final long UNSIGNED = 0xFFFF_FFFFL;

    private DescriptorReader() {}

    static EfiMemoryMap read(byte[] bytes, int size) throws DescriptorRefused {
        requireSize(size);
        if (bytes.length == 0 || bytes.length % size != 0) {
            throw new DescriptorRefused(bytes.length / size * size,
                    "the file has %d bytes; allowed is a multiple of the descriptors' %d bytes, and one at least"
                            .formatted(bytes.length, size));
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<EfiDescriptor> descriptors = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += size) {
            descriptors.add(one(buffer, at));
        }
        EfiMemoryMap map = new EfiMemoryMap(descriptors);
        Optional<EfiDescriptor> overlapping = map.overlapping();
        if (overlapping.isPresent()) {
            EfiDescriptor other = map.before(overlapping.get());
            throw new DescriptorRefused(overlapping.get().place(),
                    "the range %s overlaps the range %s at byte 0x%X; allowed are ranges that do not overlap"
                            .formatted(overlapping.get(), other, other.place()));
        }
        return map;
    }

    private static EfiDescriptor one(ByteBuffer buffer, int at) throws DescriptorRefused {
        long type = buffer.getInt(at) & UNSIGNED;
        if (!EfiMemoryType.isKnown(type)) {
            throw new DescriptorRefused(at,
                    "0x%X is no type of memory; allowed are 0 to 0xF and 0x70000000 to 0xFFFFFFFF".formatted(type));
        }
        long start = buffer.getLong(at + START);
        long pages = buffer.getLong(at + PAGES);
        Optional<String> wrong = EfiMemoryMap.wrong(start, pages);
        if (wrong.isPresent()) {
            throw new DescriptorRefused(at, wrong.get());
        }
        return new EfiDescriptor(type, start, pages, buffer.getLong(at + ATTRIBUTE), at);
    }

    static byte[] write(EfiMemoryMap map, int size) {
        requireSize(size);
        ByteBuffer buffer =
                ByteBuffer.allocate(map.descriptors().size() * size).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        for (EfiDescriptor one : map.descriptors()) {
            buffer.putInt(at, (int) one.type());
            buffer.putLong(at + START, one.start());
            buffer.putLong(at + PAGES, one.pages());
            buffer.putLong(at + ATTRIBUTE, one.attribute());
            at += size;
        }
        return buffer.array();
    }

    private static void requireSize(int size) {
        if (size < LEAST || size > MOST) {
            throw new IllegalArgumentException("the size of a descriptor is %d; allowed are %d to %d bytes, 48 on edk2"
                    .formatted(size, LEAST, MOST));
        }
    }
}
