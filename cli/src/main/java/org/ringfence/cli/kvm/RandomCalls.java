package org.ringfence.cli.kvm;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.ringfence.stack.host.kvm.gmem.FileCall;
import org.ringfence.stack.host.kvm.gmem.KvmCall;
import org.ringfence.stack.host.kvm.gmem.KvmMemory;
import org.ringfence.stack.host.kvm.gmem.MappingCall;
import org.ringfence.stack.host.kvm.gmem.VcpuAccess;
import org.ringfence.stack.host.kvm.gmem.VmCall;

/**
 * Sequences of calls. Most are what a VMM could mean, on few objects, so that they meet; some are wrong in one way. The
 * same seed and number give the same sequence.
 */
final class RandomCalls {
    /** Calls of a sequence at most. */
    static final int LONGEST = 40;

    private static final int FDS = 6;
    private static final int MAPPINGS = 4;
    private static final int SLOTS = 4;
    private static final int MOST = 15;
    private static final long[] WRONG_SIZES = {0, 1, 4095, 4097, -4096, Long.MIN_VALUE};
    private static final long[] GREAT_SIZES = {1L << 44, 1L << 62, Long.MAX_VALUE - 4095};
    private static final long[] WRONG_FLAGS = {4, 5, 8, 1L << 31, 1L << 32, Long.MIN_VALUE};
    private static final int[] WRONG_MODES = {0, 2, 4, 5, 8, 9, 0x10, 0x11, 0x20, 0x21, 0x40, 0x41};
    private static final int[] SLOT_FLAGS = {1, 2, 3, 5, 6, 8, 12};
    private static final long[] WRONG_OFFSETS = {-4096, 1, 2048, 1L << 62, Long.MAX_VALUE - 4095};

    private final SplittableRandom random;
    private final boolean attributes;
    /** What calls so far have made, if they succeeded: calls that follow should mostly meet it. */
    private final List<FileCall.CreateGuestMemfd> files = new ArrayList<>();
    private final List<VmCall.SetRegion> regions = new ArrayList<>();
    private final List<Integer> mappings = new ArrayList<>();

    private RandomCalls(SplittableRandom random, boolean attributes) {
        this.random = random;
        this.attributes = attributes;
    }

    /**
     * Sequence {@code number} of this seed.
     *
     * @param attributes whether to set memory attributes
     */
    static List<KvmCall> sequence(long seed, long number, boolean attributes) {
        SplittableRandom random = new SplittableRandom(seed * 0x9E37_79B9_7F4A_7C15L + number);
        RandomCalls calls = new RandomCalls(random, attributes);
        int length = 1 + random.nextInt(LONGEST);
        List<KvmCall> sequence = new ArrayList<>(length);
        while (sequence.size() < length) {
            sequence.add(calls.next(sequence.size()));
        }
        return sequence;
    }

    private KvmCall next(int done) {
        // At first there is nothing to work on.
        int kind = done == 0 ? 0 : done < 3 ? random.nextInt(45) : random.nextInt(100);
        if (kind < 12) {
            return create();
        }
        if (kind < 30) {
            return setRegion();
        }
        if (kind < 38) {
            return mmap();
        }
        if (kind < 60) {
            return access();
        }
        if (kind < 72) {
            return fallocate();
        }
        if (kind < 84) {
            return onMapping();
        }
        return rare(kind);
    }

    private KvmCall rare(int kind) {
        return switch (kind) {
            case 84, 85, 86, 87 -> new FileCall.CloseFile(fd());
            case 88, 89 -> new FileCall.DuplicateFile(fd(), fd());
            case 90, 91, 92 -> new MappingCall.Munmap(mapping());
            case 93, 94 -> poke();
            case 95 -> attributes ? attributes() : poke();
            case 96 -> preFault();
            // A new VM takes the kernel half a millisecond.
            case 97 -> random.nextInt(8) == 0 ? new VmCall.CloseVm(vm()) : poke();
            default -> new MappingCall.Madvise(mapping(), random.nextInt(4), pick(MappingCall.Advice.values()));
        };
    }

    private KvmCall access() {
        int written = random.nextBoolean() ? value() : 0;
        if (regions.isEmpty() || random.nextInt(8) == 0) {
            return new VcpuAccess(vm(), random.nextInt(10), written);
        }
        VmCall.SetRegion region = regions.get(random.nextInt(regions.size()));
        int first = (int) ((region.gpa() - VmCall.BASE) / KvmMemory.PAGE);
        return new VcpuAccess(region.vm(), first + random.nextInt(3), written);
    }

    private int vm() {
        return random.nextInt(4) == 0 ? 1 : 0;
    }

    private int fd() {
        return files.isEmpty() || random.nextInt(10) == 0
                ? random.nextInt(FDS)
                : files.get(random.nextInt(files.size())).fd();
    }

    private int mapping() {
        return mappings.isEmpty() || random.nextInt(10) == 0
                ? random.nextInt(MAPPINGS)
                : mappings.get(random.nextInt(mappings.size()));
    }

    private int value() {
        return 1 + random.nextInt(MOST);
    }

    private long pages(int most) {
        return (1 + random.nextInt(most)) * KvmMemory.PAGE;
    }

    private <T> T pick(T[] all) {
        return all[random.nextInt(all.length)];
    }

    private long pick(long[] all) {
        return all[random.nextInt(all.length)];
    }

    private boolean rarely() {
        return random.nextInt(12) == 0;
    }

    private KvmCall create() {
        long size = rarely() ? pick(WRONG_SIZES) : rarely() ? pick(GREAT_SIZES) : pages(8);
        long flags = rarely() ? pick(WRONG_FLAGS) : random.nextInt(2) == 0 ? 3 : random.nextInt(4);
        FileCall.CreateGuestMemfd call = new FileCall.CreateGuestMemfd(vm(), random.nextInt(FDS), size, flags);
        files.add(call);
        return call;
    }

    private KvmCall fallocate() {
        int mode = random.nextInt(6) == 0
                ? WRONG_MODES[random.nextInt(WRONG_MODES.length)]
                : random.nextInt(3) == 0 ? FileCall.KEEP_SIZE : FileCall.KEEP_SIZE | FileCall.PUNCH_HOLE;
        long offset = rarely() ? pick(WRONG_OFFSETS) : random.nextInt(8) * KvmMemory.PAGE;
        long length = rarely() ? pick(WRONG_SIZES) : pages(4);
        return new FileCall.Fallocate(fd(), mode, offset, length);
    }

    private KvmCall setRegion() {
        boolean plain = random.nextInt(5) == 0;
        boolean extended = !plain || random.nextBoolean();
        int flags = rarely() ? SLOT_FLAGS[random.nextInt(SLOT_FLAGS.length)]
                : plain ? random.nextInt(4) == 0 ? random.nextInt(4) : 0 : VmCall.GUEST_MEMFD;
        long gpa = VmCall.BASE + random.nextInt(9) * KvmMemory.PAGE + (rarely() ? 1 << random.nextInt(12) : 0);
        long size = random.nextInt(5) == 0 ? 0
                : pages(random.nextBoolean() ? 1 : 4) + (rarely() ? 1 << random.nextInt(12) : 0);
        VmCall.Back back = rarely() ? pick(VmCall.Back.values())
                : plain ? VmCall.Back.AREA
                        : random.nextInt(4) == 0 ? VmCall.Back.AREA : VmCall.Back.RESERVED;
        VmCall.Source source = rarely() ? pick(VmCall.Source.values()) : VmCall.Source.DESCRIPTOR;
        long offset = rarely() ? pick(WRONG_OFFSETS) : random.nextInt(random.nextBoolean() ? 1 : 6) * KvmMemory.PAGE;
        FileCall.CreateGuestMemfd file = files.get(random.nextInt(files.size()));
        VmCall.SetRegion call = new VmCall.SetRegion(
                extended,
                rarely() ? vm() : file.vm(),
                random.nextInt(SLOTS),
                flags,
                gpa,
                size,
                back,
                source,
                rarely() ? fd() : file.fd(),
                offset);
        if (size > 0) {
            regions.add(call);
        }
        return call;
    }

    private KvmCall mmap() {
        int protection = rarely() ? random.nextInt(8)
                : random.nextInt(6) == 0 ? MappingCall.READ : MappingCall.READ | MappingCall.WRITE;
        long offset = random.nextInt(5) * KvmMemory.PAGE + (rarely() ? 1 : 0);
        long length = rarely() ? random.nextInt(3) * 2048L : pages(8);
        int mapping = random.nextInt(MAPPINGS);
        mappings.add(mapping);
        return new MappingCall.Mmap(mapping, fd(), offset, length, protection, !rarely());
    }

    private KvmCall onMapping() {
        int mapping = mapping();
        int page = random.nextInt(random.nextInt(3) == 0 ? 8 : 3);
        return random.nextBoolean()
                ? new MappingCall.HostRead(mapping, page)
                : new MappingCall.HostWrite(mapping, page, value());
    }

    private KvmCall poke() {
        return new FileCall.Poke(fd(), pick(FileCall.Poked.values()));
    }

    private KvmCall attributes() {
        return new VmCall.SetAttributes(
                vm(), VmCall.BASE + random.nextInt(4) * KvmMemory.PAGE, pages(2), random.nextBoolean() ? 8 : 0);
    }

    private KvmCall preFault() {
        long gpa = VmCall.BASE + random.nextInt(4) * KvmMemory.PAGE + (rarely() ? 1 : 0);
        return new VmCall.PreFault(vm(), gpa, random.nextInt(3) * KvmMemory.PAGE, rarely() ? 1 : 0);
    }
}
