package org.ringfence.stack.host.kvm.gmem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.stack.host.kvm.gmem.FileCall.CloseFile;
import org.ringfence.stack.host.kvm.gmem.FileCall.CreateGuestMemfd;
import org.ringfence.stack.host.kvm.gmem.FileCall.DuplicateFile;
import org.ringfence.stack.host.kvm.gmem.FileCall.Fallocate;
import org.ringfence.stack.host.kvm.gmem.FileCall.Poke;
import org.ringfence.stack.host.kvm.gmem.FileCall.Poked;
import org.ringfence.stack.host.kvm.gmem.MappingCall.HostRead;
import org.ringfence.stack.host.kvm.gmem.MappingCall.HostWrite;
import org.ringfence.stack.host.kvm.gmem.MappingCall.Mmap;
import org.ringfence.stack.host.kvm.gmem.VmCall.Back;
import org.ringfence.stack.host.kvm.gmem.VmCall.CloseVm;
import org.ringfence.stack.host.kvm.gmem.VmCall.SetRegion;
import org.ringfence.stack.host.kvm.gmem.VmCall.Source;

/**
 * The test vectors of guest_memfd by their numbers, and what the kernel's own tests assert (guest_memfd_test.c,
 * set_memory_region_test.c of tools/testing/selftests/kvm), by theirs: each a sequence of calls whose last one is held
 * against the errno, value or exit that it must have. All of them were seen of Linux 6.18.
 */
class GuestMemfdVectorsTest {
    private static final long PAGE = KvmMemory.PAGE;
    private static final int BOTH = KvmMemory.MMAP | KvmMemory.INIT_SHARED;
    private static final int PUNCH = FileCall.KEEP_SIZE | FileCall.PUNCH_HOLE;
    private static final int RW = MappingCall.READ | MappingCall.WRITE;
    private static final KvmResult DONE = new KvmResult(0, 0, 0);

    private static KvmCall create(int fd, long size, long flags) {
        return new CreateGuestMemfd(0, fd, size, flags);
    }

    private static KvmCall slot(int vm, int slot, long page, long pages, int fd, long offset) {
        return new SetRegion(
                true, vm, slot, VmCall.GUEST_MEMFD, VmCall.BASE + page * PAGE, pages * PAGE, Back.RESERVED,
                Source.DESCRIPTOR, fd, offset);
    }

    private static KvmCall withFlags(boolean extended, int flags) {
        return new SetRegion(
                extended, 0, 0, flags, VmCall.BASE, PAGE, Back.RESERVED, Source.DESCRIPTOR, 0, 0);
    }

    private static KvmCall map(long pages) {
        return new Mmap(0, 0, 0, pages * PAGE, RW, true);
    }

    private static KvmResult failed(KvmErrno errno) {
        return new KvmResult(errno.number(), 0, 0);
    }

    private static KvmResult read(int value) {
        return new KvmResult(0, 0, value);
    }

    private static Arguments row(String name, KvmResult last, KvmCall... calls) {
        return Arguments.of(name, last, List.of(calls));
    }

    static Stream<Arguments> vectors() {
        return Stream.of(
                row("V2", failed(KvmErrno.EINVAL), create(0, 4095, 0)),
                row("V4", failed(KvmErrno.EINVAL), create(0, PAGE, 4)),
                row("V5", failed(KvmErrno.EOPNOTSUPP), create(0, 4 * PAGE, 0), new Fallocate(0, 0, 0, PAGE)),
                row("V6", failed(KvmErrno.EINVAL), create(0, 4 * PAGE, 0),
                        new Fallocate(0, FileCall.KEEP_SIZE, 0, 5 * PAGE)),
                row("V7", DONE, create(0, 4 * PAGE, 0), new Fallocate(0, PUNCH, 4 * PAGE, PAGE)),
                row("V9", failed(KvmErrno.ENXIO), create(0, PAGE, 0), new Poke(0, Poked.REOPEN)),
                row("V10", failed(KvmErrno.ENODEV), create(0, PAGE, 0), map(1)),
                row("V11", failed(KvmErrno.EFAULT), create(0, PAGE, 1), map(1), new HostRead(0, 0)),
                row("V12", read(0), create(0, PAGE, BOTH), map(1), new HostWrite(0, 0, 10),
                        new Fallocate(0, PUNCH, 0, PAGE), new HostRead(0, 0)),
                row("V13", failed(KvmErrno.EFAULT), create(0, 4 * PAGE, BOTH), map(8), new HostRead(0, 4)),
                row("V14", failed(KvmErrno.EINVAL), create(0, 6 * PAGE, 0), slot(0, 0, 0, 4, 0, 0),
                        slot(0, 1, 8, 4, 0, 2 * PAGE)),
                row("V15", failed(KvmErrno.EEXIST), create(0, 4 * PAGE, 0), create(1, 4 * PAGE, 0),
                        slot(0, 0, 0, 4, 0, 0), slot(0, 1, 2, 4, 1, 0)),
                row("V17, once", DONE, create(0, PAGE, 0), slot(0, 0, 0, 1, 0, 0), slot(0, 0, 0, 0, 0, 0)),
                row("V17, twice", failed(KvmErrno.EINVAL), create(0, PAGE, 0), slot(0, 0, 0, 1, 0, 0),
                        slot(0, 0, 0, 0, 0, 0), slot(0, 0, 0, 0, 0, 0)),
                row("V18", failed(KvmErrno.EINVAL), create(0, PAGE, 0), slot(1, 0, 0, 1, 0, 0)),
                row("V19", failed(KvmErrno.EBADF), new SetRegion(
                        true, 0, 0, VmCall.GUEST_MEMFD, VmCall.BASE, PAGE, Back.RESERVED, Source.CLOSED, 0, 0)),
                row("V20", new KvmResult(KvmErrno.EFAULT.number(), KvmResult.EXIT_MEMORY_FAULT, 0),
                        create(0, PAGE, 1), slot(0, 0, 0, 1, 0, 0), new VcpuAccess(0, 0, 5), new CloseFile(0),
                        VcpuAccess.read(0, 0)),
                row("V21", new KvmResult(0, KvmResult.EXIT_MMIO, 0), create(0, PAGE, 1), slot(0, 0, 0, 1, 0, 0),
                        slot(0, 0, 0, 0, 0, 0), VcpuAccess.read(0, 0)),
                row("V22", read(2), create(0, PAGE, 1), slot(0, 0, 0, 1, 0, 0), new VcpuAccess(0, 0, 2),
                        VcpuAccess.read(0, 0)),
                row("V24", read(11), create(0, PAGE, 0),
                        new SetRegion(false, 0, 1, 0, VmCall.BASE, PAGE, Back.AREA, Source.DESCRIPTOR, 0, 0),
                        new VcpuAccess(0, 0, 11),
                        new SetRegion(false, 0, 1, 0, VmCall.BASE, 0, Back.AREA, Source.DESCRIPTOR, 0, 0),
                        new SetRegion(
                                true, 0, 0, VmCall.GUEST_MEMFD, VmCall.BASE, PAGE, Back.AREA, Source.DESCRIPTOR, 0, 0),
                        VcpuAccess.read(0, 0)),
                row("V25", read(7), create(0, PAGE, BOTH), map(1), new HostWrite(0, 0, 7), new CloseFile(0),
                        new CloseVm(0), new HostRead(0, 0)));
    }

    static Stream<Arguments> selftests() {
        return Stream.of(
                row("4 read", failed(KvmErrno.EINVAL), create(0, PAGE, 0), new Poke(0, Poked.READ)),
                row("4 pwrite", failed(KvmErrno.ESPIPE), create(0, PAGE, 0), new Poke(0, Poked.PWRITE)),
                row("5 others are kept", read(3), create(0, 4 * PAGE, BOTH), map(4), new HostWrite(0, 1, 3),
                        new Fallocate(0, PUNCH, 0, PAGE), new HostRead(0, 1)),
                row("6", failed(KvmErrno.EFAULT), create(0, PAGE, BOTH), map(4), new HostWrite(0, 3, 1)),
                row("8", failed(KvmErrno.EINVAL), create(0, PAGE, BOTH), new Mmap(0, 0, 0, PAGE, RW, false)),
                row("11 MADV_DONTNEED", read(4), create(0, PAGE, BOTH), map(1), new HostWrite(0, 0, 4),
                        new MappingCall.Madvise(0, 0, MappingCall.Advice.DONTNEED), new HostRead(0, 0)),
                row("12", read(4), create(0, 4 * PAGE, 0), new Poke(0, Poked.FSTAT)),
                row("13 allocate all", DONE, create(0, 4 * PAGE, 0), new Fallocate(0, 1, 0, 4 * PAGE)),
                row("13 allocate at the end", failed(KvmErrno.EINVAL), create(0, 4 * PAGE, 0),
                        new Fallocate(0, 1, 4 * PAGE, PAGE)),
                row("14 offset", failed(KvmErrno.EINVAL), create(0, 4 * PAGE, 0), new Fallocate(0, PUNCH, 1, PAGE)),
                row("14 length", failed(KvmErrno.EINVAL), create(0, 4 * PAGE, 0), new Fallocate(0, PUNCH, 0, 1)),
                row("15 the guest reads", read(10), create(0, PAGE, BOTH), map(1), new HostWrite(0, 0, 10),
                        slot(0, 0, 0, 1, 0, 0), VcpuAccess.read(0, 0)),
                row("15 the host reads", read(15), create(0, PAGE, BOTH), map(1), slot(0, 0, 0, 1, 0, 0),
                        new VcpuAccess(0, 0, 15), new HostRead(0, 0)),
                row("17 version 1", failed(KvmErrno.EINVAL), create(0, PAGE, 0),
                        withFlags(false, VmCall.GUEST_MEMFD)),
                row("17 an unknown flag", failed(KvmErrno.EINVAL), create(0, PAGE, 0), withFlags(true, 8)),
                row("18 dirty log", failed(KvmErrno.EINVAL), create(0, PAGE, 0),
                        withFlags(true, VmCall.GUEST_MEMFD | VmCall.LOG_DIRTY_PAGES)),
                row("18 read-only", failed(KvmErrno.EINVAL), create(0, PAGE, 0),
                        withFlags(true, VmCall.GUEST_MEMFD | VmCall.READONLY)),
                row("20 the VM's descriptor", failed(KvmErrno.EINVAL), create(0, PAGE, 0), new SetRegion(
                        true, 0, 0, VmCall.GUEST_MEMFD, VmCall.BASE, PAGE, Back.RESERVED, Source.VM, 0, 0)),
                row("20 an offset", failed(KvmErrno.EINVAL), create(0, 2 * PAGE, 0), slot(0, 0, 0, 1, 0, 1)),
                row("21 re-created", DONE, create(0, 4 * PAGE, 0), slot(0, 0, 0, 4, 0, 0),
                        slot(0, 0, 0, 0, 0, 0), slot(0, 0, 0, 4, 0, 0)),
                row("28", DONE, create(0, 4 * PAGE, 0), slot(0, 0, 0, 4, 0, 0), new CloseVm(0),
                        new Fallocate(0, PUNCH, 0, PAGE), new Fallocate(0, 1, 0, 4 * PAGE)),
                row("31", DONE, create(0, 4 * PAGE, 1), slot(0, 0, 0, 4, 0, 0), preFault(0, 4)),
                row("32", read((int) PAGE), create(0, PAGE, 1), slot(0, 0, 0, 1, 0, 0), preFault(0, 2)),
                row("33", failed(KvmErrno.ENOENT), create(0, PAGE, 1), slot(0, 0, 0, 1, 0, 0), preFault(1, 1)),
                row("pre-fault of a file that is closed", failed(KvmErrno.EFAULT), create(0, PAGE, 1),
                        slot(0, 0, 0, 1, 0, 0), new CloseFile(0), preFault(0, 1)),
                row("pre-fault allocates", read(0), create(0, PAGE, BOTH), slot(0, 0, 0, 1, 0, 0), preFault(0, 1),
                        VcpuAccess.read(0, 0)),
                row("a duplicate keeps the file", read(9), create(0, PAGE, 1), new DuplicateFile(0, 1),
                        slot(0, 0, 0, 1, 0, 0), new VcpuAccess(0, 0, 9), new CloseFile(0), VcpuAccess.read(0, 0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"vectors", "selftests"})
    void theLastCallAnswersAsTheKernel(String name, KvmResult expected, List<KvmCall> calls) {
        assertThat(last(false, calls)).as(name).isEqualTo(expected);
    }

    @Test
    void v14AfterVersion618() {
        assertThat(last(true, List.of(create(0, 6 * PAGE, 0), slot(0, 0, 0, 4, 0, 0), slot(0, 1, 8, 4, 0, 2 * PAGE))))
                .isEqualTo(failed(KvmErrno.EEXIST));
    }

    @Test
    void aKernelThatCannotPreFaultChecksItsArgumentsAllTheSame() {
        ModelOf model = new ModelOf(KvmShape.wide(BOTH, false, false, Guards.allOn()));
        assertThat(model.answer(preFault(0, 1))).isEqualTo(failed(KvmErrno.EOPNOTSUPP));
        assertThat(model.answer(preFault(0, 0))).isEqualTo(failed(KvmErrno.EINVAL));
        assertThat(model.answer(new VmCall.PreFault(0, VmCall.BASE, PAGE, 1))).isEqualTo(failed(KvmErrno.EINVAL));
    }

    private static KvmCall preFault(int gfn, int pages) {
        return new VmCall.PreFault(0, VmCall.BASE + gfn * PAGE, pages * PAGE, 0);
    }

    /** A model and its state. */
    private static final class ModelOf {
        private final KvmMemory memory;
        private final State state;

        ModelOf(KvmShape shape) {
            Layout.Placed<KvmMemory> placed =
                    Layout.of(Layout.Storage.PACKED, 1, 1, declaration -> KvmMemory.declare(declaration, shape));
            memory = placed.machine();
            state = placed.layout().newState();
            memory.begin(state);
        }

        KvmResult answer(KvmCall call) {
            long answer = call.take(state, memory);
            assertThat(answer).as(call.toString()).isNotEqualTo(KvmCall.NOT_NOW);
            return KvmResult.decode(answer);
        }
    }

    private static KvmResult last(boolean overlapExists, List<KvmCall> calls) {
        ModelOf model = new ModelOf(KvmShape.wide(BOTH, overlapExists, true, Guards.allOn()));
        KvmResult answer = DONE;
        for (KvmCall call : calls) {
            answer = model.answer(call);
        }
        return answer;
    }
}
