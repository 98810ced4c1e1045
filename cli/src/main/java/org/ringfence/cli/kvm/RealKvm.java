package org.ringfence.cli.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.ringfence.stack.host.kvm.gmem.FileCall;
import org.ringfence.stack.host.kvm.gmem.FileCall.CloseFile;
import org.ringfence.stack.host.kvm.gmem.FileCall.CreateGuestMemfd;
import org.ringfence.stack.host.kvm.gmem.FileCall.DuplicateFile;
import org.ringfence.stack.host.kvm.gmem.FileCall.Fallocate;
import org.ringfence.stack.host.kvm.gmem.FileCall.Poke;
import org.ringfence.stack.host.kvm.gmem.KvmCall;
import org.ringfence.stack.host.kvm.gmem.KvmErrno;
import org.ringfence.stack.host.kvm.gmem.KvmMemory;
import org.ringfence.stack.host.kvm.gmem.KvmResult;
import org.ringfence.stack.host.kvm.gmem.KvmShape;
import org.ringfence.stack.host.kvm.gmem.MappingCall;
import org.ringfence.stack.host.kvm.gmem.MappingCall.HostRead;
import org.ringfence.stack.host.kvm.gmem.MappingCall.HostWrite;
import org.ringfence.stack.host.kvm.gmem.MappingCall.Madvise;
import org.ringfence.stack.host.kvm.gmem.MappingCall.Mmap;
import org.ringfence.stack.host.kvm.gmem.MappingCall.Munmap;
import org.ringfence.stack.host.kvm.gmem.VcpuAccess;
import org.ringfence.stack.host.kvm.gmem.VmCall;
import org.ringfence.stack.host.kvm.gmem.VmCall.CloseVm;
import org.ringfence.stack.host.kvm.gmem.VmCall.PreFault;
import org.ringfence.stack.host.kvm.gmem.VmCall.SetAttributes;
import org.ringfence.stack.host.kvm.gmem.VmCall.SetRegion;

/**
 * The kernel of this machine, by its system calls. Of the thread that made it. The host's accesses go through a pipe:
 * so a page that it may not touch answers EFAULT, where a load would get SIGBUS and end the program.
 */
final class RealKvm implements Kvm, AutoCloseable {
    private static final int NO_DESCRIPTOR = -1;
    /** A number that is no open descriptor. */
    private static final int CLOSED = 9999;
    private static final int NONBLOCK = 0x800;
    private static final int SEEK_END = 2;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE = 2;
    private static final int ST_SIZE = 48;
    private static final long RESERVED_BYTES = 0x10_0000;
    private static final long WORD = 8;

    private final LinuxCalls linux;
    private final Kick kick;
    private final KvmShape shape;
    private final int kvm;
    private final MemorySegment scratch;
    private final MemorySegment buffer;
    private final int pipeOut;
    private final int pipeIn;
    private final long reserved;
    private final RealVm[] vms;
    private final int[] fds;
    private final long[] maps;
    private final long[] mapBytes;

    RealKvm(Arena arena, LinuxCalls linux, Kick kick, int kvm, KvmShape shape) {
        this.linux = linux;
        this.kick = kick;
        this.kvm = kvm;
        this.shape = shape;
        scratch = arena.allocate(1024, Long.BYTES);
        buffer = arena.allocate(KvmMemory.PAGE, KvmMemory.PAGE);
        linux.call(LinuxCalls.PIPE2, scratch.address(), NONBLOCK, 0);
        pipeOut = scratch.get(JAVA_INT, 0);
        pipeIn = scratch.get(JAVA_INT, 4);
        reserved = linux.call(LinuxCalls.MMAP, 0, RESERVED_BYTES, 0, RealVm.ANONYMOUS, -1, 0);
        vms = new RealVm[shape.vms()];
        for (int i = 0; i < vms.length; i++) {
            vms[i] = newVm();
        }
        fds = new int[shape.fds()];
        Arrays.fill(fds, NO_DESCRIPTOR);
        maps = new long[shape.mappings()];
        mapBytes = new long[shape.mappings()];
    }

    private RealVm newVm() {
        return new RealVm(linux, kick, scratch, kvm, shape.areaPages());
    }

    @Override
    public void reset() {
        for (int i = 0; i < maps.length; i++) {
            if (maps[i] != 0) {
                unmap(i);
            }
        }
        for (int i = 0; i < fds.length; i++) {
            if (fds[i] != NO_DESCRIPTOR) {
                close(i);
            }
        }
        for (int i = 0; i < vms.length; i++) {
            if (!vms[i].isOpen()) {
                vms[i] = newVm();
            } else {
                for (int slot = 0; slot < shape.slots(); slot++) {
                    vms[i].setRegion(false, slot, 0, 0, 0, 0, 0, 0);
                }
                vms[i].clearArea();
            }
        }
    }

    @Override
    public long answer(KvmCall call) {
        return switch (call) {
            case FileCall file -> onFile(file);
            case MappingCall mapping -> onMapping(mapping);
            case VmCall vm -> onVm(vm);
            case VcpuAccess access -> vms[access.vm()].access(access.gfn(), access.value());
        };
    }

    private static long told(long answer) {
        return answer < 0 ? new KvmResult((int) -answer, 0, 0).code() : 0;
    }

    // ---- files

    private long onFile(FileCall call) {
        return switch (call) {
            case CreateGuestMemfd create -> create(create);
            case Fallocate(int fd, int mode, long offset, long length) ->
                told(linux.call(LinuxCalls.FALLOCATE, fds[fd], mode, offset, length));
            case CloseFile(int fd) -> fds[fd] == NO_DESCRIPTOR ? told(-KvmErrno.EBADF.number()) : told(close(fd));
            case DuplicateFile(int fd, int to) -> duplicate(fd, to);
            case Poke poke -> poke(fds[poke.fd()], poke.what());
        };
    }

    private long create(CreateGuestMemfd call) {
        if (fds[call.fd()] != NO_DESCRIPTOR) {
            return KvmCall.NOT_NOW;
        }
        scratch.asSlice(0, 64).fill((byte) 0);
        scratch.set(JAVA_LONG, 0, call.size());
        scratch.set(JAVA_LONG, 8, call.flags());
        long answer = linux.call(
                LinuxCalls.IOCTL, vms[call.vm()].descriptor(), KvmAbi.CREATE_GUEST_MEMFD, scratch.address());
        return keep(call.fd(), answer);
    }

    private long duplicate(int fd, int to) {
        return fds[to] != NO_DESCRIPTOR ? KvmCall.NOT_NOW : keep(to, linux.call(LinuxCalls.DUP, fds[fd]));
    }

    private long keep(int fd, long answer) {
        if (answer >= 0) {
            fds[fd] = (int) answer;
        }
        return told(answer);
    }

    private long close(int fd) {
        long answer = linux.call(LinuxCalls.CLOSE, fds[fd]);
        fds[fd] = NO_DESCRIPTOR;
        return answer;
    }

    private long poke(int fd, FileCall.Poked what) {
        long at = buffer.address();
        return switch (what) {
            case FSTAT -> {
                long answer = linux.call(LinuxCalls.FSTAT, fd, scratch.address(), 0);
                yield answer < 0
                        ? told(answer)
                        : new KvmResult(0, 0, scratch.get(JAVA_LONG, ST_SIZE) / KvmMemory.PAGE).code();
            }
            case READ -> told(linux.call(LinuxCalls.READ, fd, at, WORD));
            case WRITE -> told(linux.call(LinuxCalls.WRITE, fd, at, WORD));
            case PREAD -> told(linux.call(LinuxCalls.PREAD, fd, at, WORD, 0));
            case PWRITE -> told(linux.call(LinuxCalls.PWRITE, fd, at, WORD, 0));
            case LSEEK -> told(linux.call(LinuxCalls.LSEEK, fd, 0, SEEK_END));
            case FTRUNCATE -> told(linux.call(LinuxCalls.FTRUNCATE, fd, KvmMemory.PAGE, 0));
            case FSYNC -> told(linux.call(LinuxCalls.FSYNC, fd));
            case REOPEN -> {
                scratch.setString(0, "/proc/self/fd/" + fd);
                yield told(linux.call(LinuxCalls.OPEN, scratch.address(), KvmProbe.OPEN_FLAGS, 0));
            }
        };
    }

    // ---- mappings

    private long onMapping(MappingCall call) {
        return switch (call) {
            case Mmap mmap -> mmap(mmap);
            case Munmap(int mapping) -> maps[mapping] == 0 ? KvmCall.NOT_NOW : told(unmap(mapping));
            case HostRead(int mapping, int page) ->
                isMapped(mapping, page) ? hostRead(maps[mapping] + page * KvmMemory.PAGE) : KvmCall.NOT_NOW;
            case HostWrite(int mapping, int page, int value) ->
                isMapped(mapping, page)
                        ? hostWrite(maps[mapping] + page * KvmMemory.PAGE, value)
                        : KvmCall.NOT_NOW;
            case Madvise(int mapping, int page, MappingCall.Advice advice) ->
                isMapped(mapping, page)
                        ? told(linux.call(
                                LinuxCalls.MADVISE, maps[mapping] + page * KvmMemory.PAGE, KvmMemory.PAGE,
                                advice.number()))
                        : KvmCall.NOT_NOW;
        };
    }

    private boolean isMapped(int mapping, int page) {
        return maps[mapping] != 0 && page * KvmMemory.PAGE < mapBytes[mapping];
    }

    private long mmap(Mmap call) {
        if (maps[call.mapping()] != 0) {
            return KvmCall.NOT_NOW;
        }
        long answer = linux.call(
                LinuxCalls.MMAP,
                0,
                call.length(),
                call.protection(),
                call.shared() ? MAP_SHARED : MAP_PRIVATE,
                fds[call.fd()],
                call.offset());
        if (answer >= 0) {
            maps[call.mapping()] = answer;
            mapBytes[call.mapping()] = (call.length() + KvmMemory.PAGE - 1) / KvmMemory.PAGE * KvmMemory.PAGE;
        }
        return told(answer);
    }

    private long unmap(int mapping) {
        long answer = linux.call(LinuxCalls.MUNMAP, maps[mapping], mapBytes[mapping], 0);
        maps[mapping] = 0;
        return answer;
    }

    private long hostRead(long address) {
        long answer = linux.call(LinuxCalls.WRITE, pipeIn, address, KvmMemory.PAGE);
        if (answer < 0) {
            return told(answer);
        }
        linux.call(LinuxCalls.READ, pipeOut, buffer.address(), KvmMemory.PAGE);
        long first = buffer.get(JAVA_LONG, 0);
        boolean known = answer == KvmMemory.PAGE && Long.compareUnsigned(first, KvmResult.JUNK) < 0;
        for (long at = WORD; known && at < KvmMemory.PAGE; at += WORD) {
            known = buffer.get(JAVA_LONG, at) == 0;
        }
        return new KvmResult(0, 0, known ? first : KvmResult.JUNK).code();
    }

    private long hostWrite(long address, int value) {
        buffer.set(JAVA_LONG, 0, value);
        linux.call(LinuxCalls.WRITE, pipeIn, buffer.address(), WORD);
        long answer = linux.call(LinuxCalls.READ, pipeOut, address, WORD);
        if (answer < 0) {
            linux.call(LinuxCalls.READ, pipeOut, buffer.address(), WORD);
        }
        return told(answer);
    }

    // ---- VMs

    private long onVm(VmCall call) {
        return switch (call) {
            case SetRegion region -> setRegion(region);
            case CloseVm(int vm) -> told(vms[vm].close());
            case SetAttributes(int vm, long gpa, long size, long attributes) -> {
                words(gpa, size, attributes, 0);
                yield told(linux.call(
                        LinuxCalls.IOCTL, vms[vm].descriptor(), KvmAbi.SET_MEMORY_ATTRIBUTES, scratch.address()));
            }
            case PreFault(int vm, long gpa, long size, long flags) -> {
                words(gpa, size, flags, 0);
                long answer = linux.call(
                        LinuxCalls.IOCTL, vms[vm].vcpuDescriptor(), KvmAbi.PRE_FAULT_MEMORY, scratch.address());
                // What is left of the size.
                yield answer == 0 ? new KvmResult(0, 0, scratch.getAtIndex(JAVA_LONG, 1)).code() : told(answer);
            }
        };
    }

    private void words(long... values) {
        scratch.asSlice(0, 64).fill((byte) 0);
        for (int i = 0; i < values.length; i++) {
            scratch.setAtIndex(JAVA_LONG, i, values[i]);
        }
    }

    private long setRegion(SetRegion call) {
        RealVm vm = vms[call.vm()];
        int file =
                switch (call.source()) {
                    case DESCRIPTOR -> fds[call.fd()];
                    case CLOSED -> CLOSED;
                    case VM -> vm.descriptor();
                };
        long address =
                switch (call.back()) {
                    case AREA -> vm.areaAddress() + call.gpa() - VmCall.BASE;
                    case RESERVED -> reserved;
                    case NULL -> 0;
                    case MISALIGNED -> reserved + 1;
                };
        return told(vm.setRegion(
                call.extended(), call.slot(), call.flags(), call.gpa(), call.size(), address, file, call.offset()));
    }

    @Override
    public void close() {
        reset();
        for (RealVm vm : vms) {
            vm.close();
        }
        linux.call(LinuxCalls.CLOSE, pipeIn);
        linux.call(LinuxCalls.CLOSE, pipeOut);
        linux.call(LinuxCalls.MUNMAP, reserved, RESERVED_BYTES, 0);
    }
}
