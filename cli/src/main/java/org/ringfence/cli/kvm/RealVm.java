package org.ringfence.cli.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import org.ringfence.stack.host.kvm.gmem.KvmErrno;
import org.ringfence.stack.host.kvm.gmem.KvmMemory;
import org.ringfence.stack.host.kvm.gmem.KvmResult;
import org.ringfence.stack.host.kvm.gmem.VmCall;

/**
 * A VM of this machine's kernel with one vCPU, whose guest reads or writes one word and says so by a port.
 *
 * <p>The guest runs in 64-bit mode at CPL 3, with I/O allowed: at CPL 0 a KVM without nested virtualisation emulates
 * each instruction, and the emulator reaches memory by userspace_addr, which is not what a guest sees. Its code and
 * page tables, which map the first GiB onto itself, lie in a slot of their own at guest address 0.
 */
final class RealVm {
    /** The slot of the guest's own code and page tables. */
    private static final int OWN_SLOT = 31;
    private static final int OWN_BYTES = 0x8000;
    private static final int TABLES = 0x1000;
    private static final int LOADS = 0x5000;
    private static final int STORES = 0x5010;
    /** mov rcx, [rbx]; out 0x10, al. */
    private static final byte[] LOAD = {0x48, (byte) 0x8B, 0x0B, (byte) 0xE6, 0x10, (byte) 0xEB, (byte) 0xFE};
    /** mov [rbx], rax; out 0x11, al. */
    private static final byte[] STORE = {0x48, (byte) 0x89, 0x03, (byte) 0xE6, 0x11, (byte) 0xEB, (byte) 0xFE};
    /** Present, writable, for users. */
    private static final long TABLE = 7;
    /** The same, of 2 MiB, accessed and dirty. */
    private static final long LARGE_PAGE = 0xE7;

    private static final int SEGMENT_BYTES = 24;
    private static final int SS = 5;
    private static final int CR0 = 224;
    private static final int RBX = 8;
    private static final int RCX = 16;
    private static final int RIP = 128;
    private static final int RFLAGS = 136;
    /** Bit 1, which is always set, and an I/O privilege level of 3. */
    private static final long IOPL_3 = 0x3002;

    private static final int RUN_IMMEDIATE_EXIT = 1;
    private static final int RUN_EXIT_REASON = 8;
    private static final int RUN_EXIT = 32;
    private static final int MMIO_IS_WRITE = RUN_EXIT + 20;

    /** MAP_PRIVATE and MAP_ANONYMOUS. */
    static final int ANONYMOUS = 0x22;
    private static final int SHARED = 1;
    private static final int READ_WRITE = 3;
    private static final int DONTNEED = 4;

    private final LinuxCalls linux;
    private final Kick kick;
    private final MemorySegment scratch;
    private final int fd;
    private final int vcpu;
    private final long own;
    private final long area;
    private final long areaBytes;
    private final MemorySegment run;
    private boolean open = true;
    private boolean pending;

    /** Makes one; IllegalStateException where the kernel does not. */
    RealVm(LinuxCalls linux, Kick kick, MemorySegment scratch, int kvm, int areaPages) {
        this.linux = linux;
        this.kick = kick;
        this.scratch = scratch;
        fd = (int) must("KVM_CREATE_VM", linux.call(LinuxCalls.IOCTL, kvm, KvmAbi.CREATE_VM, 0));
        vcpu = (int) must("KVM_CREATE_VCPU", linux.call(LinuxCalls.IOCTL, fd, KvmAbi.CREATE_VCPU, 0));
        long bytes = must("KVM_GET_VCPU_MMAP_SIZE", linux.call(LinuxCalls.IOCTL, kvm, KvmAbi.GET_VCPU_MMAP_SIZE, 0));
        run = LinuxCalls.memory(
                must("mmap of a vCPU", linux.call(LinuxCalls.MMAP, 0, bytes, READ_WRITE, SHARED, vcpu, 0)), bytes);
        own = must("mmap", linux.call(LinuxCalls.MMAP, 0, OWN_BYTES, READ_WRITE, ANONYMOUS, -1, 0));
        areaBytes = areaPages * KvmMemory.PAGE;
        area = must("mmap", linux.call(LinuxCalls.MMAP, 0, areaBytes, READ_WRITE, ANONYMOUS, -1, 0));
        load();
        must("a slot", setRegion(true, OWN_SLOT, 0, 0, OWN_BYTES, own, 0, 0));
        enterUserMode();
    }

    private static long must(String what, long answer) {
        if (answer < 0) {
            throw new IllegalStateException("%s fails with %s".formatted(what, KvmErrno.name((int) -answer)));
        }
        return answer;
    }

    private void load() {
        MemorySegment memory = LinuxCalls.memory(own, OWN_BYTES);
        memory.set(JAVA_LONG, TABLES, TABLES + 0x1000 | TABLE);
        memory.set(JAVA_LONG, TABLES + 0x1000, TABLES + 0x2000 | TABLE);
        for (int i = 0; i < 512; i++) {
            memory.set(JAVA_LONG, TABLES + 0x2000 + i * 8L, (long) i << 21 | LARGE_PAGE);
        }
        MemorySegment.copy(MemorySegment.ofArray(LOAD), 0, memory, LOADS, LOAD.length);
        MemorySegment.copy(MemorySegment.ofArray(STORE), 0, memory, STORES, STORE.length);
    }

    private void enterUserMode() {
        must("KVM_GET_SREGS", linux.call(LinuxCalls.IOCTL, vcpu, KvmAbi.GET_SREGS, scratch.address()));
        for (int segment = 0; segment <= SS; segment++) {
            boolean code = segment == 0;
            long at = (long) segment * SEGMENT_BYTES;
            scratch.set(JAVA_LONG, at, 0);
            scratch.set(JAVA_INT, at + 8, -1);
            scratch.set(JAVA_SHORT, at + 12, (short) (code ? 0x33 : 0x2B));
            byte[] bits = {(byte) (code ? 11 : 3), 1, 3, (byte) (code ? 0 : 1), 1, (byte) (code ? 1 : 0), 1, 0, 0, 0};
            MemorySegment.copy(MemorySegment.ofArray(bits), 0, scratch, at + 14, bits.length);
        }
        scratch.set(JAVA_SHORT, 192 + 8, (short) -1); // the GDT's limit
        scratch.set(JAVA_SHORT, 208 + 8, (short) 0); // the IDT's: an exception ends the guest
        scratch.set(JAVA_LONG, CR0, 0x8005_0033L);
        scratch.set(JAVA_LONG, CR0 + 16, TABLES);
        scratch.set(JAVA_LONG, CR0 + 24, 0x20);
        scratch.set(JAVA_LONG, CR0 + 40, 0x500);
        must("KVM_SET_SREGS", linux.call(LinuxCalls.IOCTL, vcpu, KvmAbi.SET_SREGS, scratch.address()));
    }

    boolean isOpen() {
        return open;
    }

    /** The descriptor, or one that is not open. */
    int descriptor() {
        return open ? fd : -1;
    }

    /** The vCPU's descriptor, or one that is not open. */
    int vcpuDescriptor() {
        return open ? vcpu : -1;
    }

    /** Where the anonymous memory lies that belongs to guest address {@link VmCall#BASE}. */
    long areaAddress() {
        return area;
    }

    /** The anonymous memory is zero again. */
    void clearArea() {
        must("madvise", linux.call(LinuxCalls.MADVISE, area, areaBytes, DONTNEED));
    }

    /** Sets a slot of this VM. */
    long setRegion(boolean extended, int slot, int flags, long gpa, long size, long address, int file, long offset) {
        scratch.asSlice(0, 160).fill((byte) 0);
        scratch.set(JAVA_INT, 0, slot);
        scratch.set(JAVA_INT, 4, flags);
        scratch.set(JAVA_LONG, 8, gpa);
        scratch.set(JAVA_LONG, 16, size);
        scratch.set(JAVA_LONG, 24, address);
        scratch.set(JAVA_LONG, 32, offset);
        scratch.set(JAVA_INT, 40, file);
        return linux.call(LinuxCalls.IOCTL, descriptor(),
                extended ? KvmAbi.SET_USER_MEMORY_REGION2 : KvmAbi.SET_USER_MEMORY_REGION, scratch.address());
    }

    /** The guest reads (0) or writes a word; answers a {@link KvmResult}'s code. */
    long access(int gfn, int value) {
        if (!open) {
            return new KvmResult(KvmErrno.EBADF.number(), 0, 0).code();
        }
        finishExit();
        long gpa = VmCall.BASE + gfn * KvmMemory.PAGE;
        scratch.asSlice(0, 144).fill((byte) 0);
        scratch.set(JAVA_LONG, 0, value);
        scratch.set(JAVA_LONG, RBX, gpa);
        scratch.set(JAVA_LONG, RIP, value == 0 ? LOADS : STORES);
        scratch.set(JAVA_LONG, RFLAGS, IOPL_3);
        must("KVM_SET_REGS", linux.call(LinuxCalls.IOCTL, vcpu, KvmAbi.SET_REGS, scratch.address()));
        run.asSlice(RUN_EXIT, 64).fill((byte) 0);
        kick.begin();
        long answer = linux.call(LinuxCalls.IOCTL, vcpu, KvmAbi.RUN, 0);
        kick.end();
        int reason = run.get(JAVA_INT, RUN_EXIT_REASON);
        if (answer < 0) {
            boolean fault = reason == KvmResult.EXIT_MEMORY_FAULT;
            return new KvmResult((int) -answer, fault ? reason : 0, fault ? faultFlags(gpa) : 0).code();
        }
        pending = true;
        return switch (reason) {
            case KvmAbi.EXIT_IO -> new KvmResult(0, 0, value == 0 ? loaded() : 0).code();
            case KvmResult.EXIT_MMIO ->
                new KvmResult(0, reason, run.get(JAVA_BYTE, MMIO_IS_WRITE)).code();
            default -> new KvmResult(0, reason, 0).code();
        };
    }

    private long faultFlags(long gpa) {
        boolean right = run.get(JAVA_LONG, RUN_EXIT + 8) == gpa && run.get(JAVA_LONG, RUN_EXIT + 16) == KvmMemory.PAGE;
        return right ? run.get(JAVA_LONG, RUN_EXIT) : KvmResult.JUNK;
    }

    private long loaded() {
        must("KVM_GET_REGS", linux.call(LinuxCalls.IOCTL, vcpu, KvmAbi.GET_REGS, scratch.address()));
        long read = scratch.get(JAVA_LONG, RCX);
        return Long.compareUnsigned(read, KvmResult.JUNK) < 0 ? read : KvmResult.JUNK;
    }

    /** KVM completes an exit when the vCPU runs next; registers that were set before that would be lost. */
    private void finishExit() {
        if (pending) {
            run.set(JAVA_BYTE, RUN_IMMEDIATE_EXIT, (byte) 1);
            linux.call(LinuxCalls.IOCTL, vcpu, KvmAbi.RUN, 0);
            run.set(JAVA_BYTE, RUN_IMMEDIATE_EXIT, (byte) 0);
            pending = false;
        }
    }

    /** Closes the vCPU and the VM, and gives their memory back. */
    long close() {
        if (!open) {
            return -KvmErrno.EBADF.number();
        }
        linux.call(LinuxCalls.MUNMAP, run.address(), run.byteSize(), 0);
        linux.call(LinuxCalls.CLOSE, vcpu);
        long answer = linux.call(LinuxCalls.CLOSE, fd);
        linux.call(LinuxCalls.MUNMAP, own, OWN_BYTES, 0);
        linux.call(LinuxCalls.MUNMAP, area, areaBytes, 0);
        open = false;
        return answer;
    }
}
