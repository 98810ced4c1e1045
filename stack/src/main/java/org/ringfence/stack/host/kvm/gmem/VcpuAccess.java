package org.ringfence.stack.host.kvm.gmem;

import org.ringfence.machine.state.State;

/**
 * A guest reads or writes the beginning of its page {@code gfn}, counted from {@link VmCall#BASE} on, as KVM_RUN shows
 * it to userspace. A translation that is there is used; else KVM's fault path makes one or gives up.
 *
 * @param value 0 to read, else what is written
 */
public record VcpuAccess(int vm, int gfn, int value) implements KvmCall {
    /** The page is mapped: no result of a call is negative. */
    static final long MAPPED = -1;

    /** A guest's read. */
    public static VcpuAccess read(int vm, int gfn) {
        return new VcpuAccess(vm, gfn, 0);
    }

    private boolean writes() {
        return value != 0;
    }

    @Override
    public long take(State state, KvmMemory memory) {
        if (!memory.open().get(state, vm)) {
            return KvmResult.failed(KvmErrno.EBADF);
        }
        long failure = map(state, memory, vm, gfn, writes());
        return failure != MAPPED
                ? failure
                : reach(state, memory, memory.translation().get(state, vm * memory.shape().gfns() + gfn) - 1);
    }

    /**
     * Makes the translation of guest page {@code gfn}, unless there is one already that serves: {@link #MAPPED}, or as
     * what KVM_RUN fails.
     */
    static long map(State state, KvmMemory memory, int vm, int gfn, boolean writes) {
        int at = vm * memory.shape().gfns() + gfn;
        if (memory.translation().get(state, at) != 0 && (!writes || memory.writable().get(state, at))) {
            return MAPPED;
        }
        int slot = memory.slotAt(state, vm, gfn);
        if (slot < 0 || writes && memory.slots().readOnly().get(state, slot)) {
            return KvmResult.exited(KvmErrno.OK, KvmResult.EXIT_MMIO, writes ? 1 : 0);
        }
        int target;
        if (memory.slots().only().get(state, slot)) {
            int file = memory.slots().file().get(state, slot) - 1;
            if (file < 0) {
                return KvmResult.exited(KvmErrno.EFAULT, KvmResult.EXIT_MEMORY_FAULT, 0);
            }
            int page = memory.slots().offset().get(state, slot) + gfn - memory.slots().gfn().get(state, slot);
            target = memory.instantiate(state, file, page) + 1;
        } else {
            int back = memory.slots().back().get(state, slot);
            if (back >= memory.shape().areaPages()) {
                return KvmResult.failed(KvmErrno.EFAULT);
            }
            int page = back + gfn - memory.slots().gfn().get(state, slot);
            target = memory.shape().frames() + vm * memory.shape().areaPages() + page + 1;
        }
        memory.translation().set(state, at, target);
        memory.writable().set(state, at, !memory.slots().readOnly().get(state, slot));
        return MAPPED;
    }

    private long reach(State state, KvmMemory memory, int target) {
        int frames = memory.shape().frames();
        if (writes()) {
            if (target < frames) {
                memory.content().set(state, target, value);
            } else {
                memory.area().set(state, target - frames, value);
            }
            return KvmResult.done(0);
        }
        return KvmResult.done(
                target < frames ? memory.content().get(state, target) : memory.area().get(state, target - frames));
    }

    @Override
    public String c() {
        long gpa = VmCall.BASE + gfn * KvmMemory.PAGE;
        return writes()
                ? "guest_write(vcpu%d, 0x%XUL, %d);".formatted(vm, gpa, value)
                : "guest_read(vcpu%d, 0x%XUL);".formatted(vm, gpa);
    }

    @Override
    public String mnemonic() {
        return writes() ? "guest write" : "guest read";
    }
}
