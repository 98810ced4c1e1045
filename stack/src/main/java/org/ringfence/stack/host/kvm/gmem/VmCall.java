package org.ringfence.stack.host.kvm.gmem;

import org.ringfence.machine.state.State;

/** Calls on a VM's descriptor. */
public sealed interface VmCall extends KvmCall {

    /** Where the guest pages begin that slots here have: above the guest's own code and page tables. */
    long BASE = 0x40_0000;

    /** KVM_MEM_LOG_DIRTY_PAGES. */
    int LOG_DIRTY_PAGES = 1;
    /** KVM_MEM_READONLY. */
    int READONLY = 2;
    /** KVM_MEM_GUEST_MEMFD. */
    int GUEST_MEMFD = 4;

    /** What a slot's userspace_addr points to. */
    enum Back {
        /** Anonymous memory of the VM, page for page the same as its guest pages. */
        AREA,
        /** Addresses where nothing is mapped that can be touched: PROT_NONE. */
        RESERVED,
        /** NULL. */
        NULL,
        /** An address within a page. */
        MISALIGNED
    }

    /** What a slot's guest_memfd is. */
    enum Source {
        /** One of the descriptors of {@link FileCall}. */
        DESCRIPTOR,
        /** A number that is no open descriptor. */
        CLOSED,
        /** The VM's own descriptor. */
        VM
    }

    /**
     * KVM_SET_USER_MEMORY_REGION, or KVM_SET_USER_MEMORY_REGION2. Checks: the flags; alignment of size, guest address
     * and userspace address, in this order; the offset's; the slot's number; then what is deleted, then what is
     * changed; that no slot overlaps; and last the binding.
     *
     * @param extended KVM_SET_USER_MEMORY_REGION2
     * @param slot of the VM
     * @param gpa from {@link #BASE} on
     * @param size in bytes
     * @param fd with {@link Source#DESCRIPTOR}
     * @param offset in the file, in bytes
     */
    record SetRegion(
            boolean extended, int vm, int slot, int flags, long gpa, long size, Back back, Source source, int fd,
            long offset)
            implements
                VmCall {
        @Override
        public long take(State state, KvmMemory memory) {
            if (!memory.open().get(state, vm)) {
                return KvmResult.failed(KvmErrno.EBADF);
            }
            if (isHazard(state, memory) || isFarAway(memory)) {
                return NOT_NOW;
            }
            KvmErrno errno = slot(state, memory);
            return KvmResult.failed(errno);
        }

        /**
         * A slot on a file that can be mapped, whose userspace_addr points to other memory: a kernel that shadows page
         * tables maps that one too, for neighbours of a page that faulted.
         */
        private boolean isHazard(State state, KvmMemory memory) {
            int number = memory.file().get(state, fd) - 1;
            return back == Back.AREA && (flags & GUEST_MEMFD) != 0 && source == Source.DESCRIPTOR && number >= 0
                    && memory.has(state, number, KvmMemory.MMAP);
        }

        /** An offset that a large file can have, behind the pages that are kept account of. */
        private boolean isFarAway(KvmMemory memory) {
            return offset > 0 && offset % KvmMemory.PAGE == 0
                    && offset > memory.shape().filePages() * KvmMemory.PAGE - size;
        }

        private KvmErrno slot(State state, KvmMemory memory) {
            if (!hasKnownFlags() || size % KvmMemory.PAGE != 0 || gpa % KvmMemory.PAGE != 0) {
                return KvmErrno.EINVAL;
            }
            if (back == Back.MISALIGNED) {
                return KvmErrno.EINVAL;
            }
            boolean binds = (flags & GUEST_MEMFD) != 0;
            if (binds && (offset % KvmMemory.PAGE != 0 || Long.compareUnsigned(offset + size, offset) < 0)) {
                return KvmErrno.EINVAL;
            }
            int number = vm * memory.shape().slots() + slot;
            KvmMemory.Slots slots = memory.slots();
            boolean there = slots.there().get(state, number);
            if (size == 0) {
                if (!there && memory.checks(KvmGuard.DELETE_SLOT_EXISTS)) {
                    return KvmErrno.EINVAL;
                }
                memory.delete(state, number);
                return KvmErrno.OK;
            }
            int gfn = (int) ((gpa - BASE) / KvmMemory.PAGE);
            int pages = (int) (size / KvmMemory.PAGE);
            if (there) {
                return change(state, memory, number, gfn, pages, binds);
            }
            boolean early = memory.checks(KvmGuard.SLOT_OVERLAP_BEFORE_BINDING);
            boolean overlaps = memory.checks(KvmGuard.SLOT_GPA_IS_FREE)
                    && memory.overlaps(state, vm, number, gfn, pages);
            if (early && overlaps) {
                return KvmErrno.EEXIST;
            }
            if (binds) {
                KvmErrno refused = bind(state, memory, number, pages);
                if (refused != KvmErrno.OK) {
                    return refused;
                }
            }
            if (overlaps) {
                slots.file().set(state, number, 0);
                slots.offset().set(state, number, 0);
                slots.only().set(state, number, false);
                return KvmErrno.EEXIST;
            }
            slots.there().set(state, number, true);
            slots.guestMemfd().set(state, number, binds);
            slots.readOnly().set(state, number, (flags & READONLY) != 0);
            slots.logged().set(state, number, (flags & LOG_DIRTY_PAGES) != 0);
            slots.gfn().set(state, number, gfn);
            slots.pages().set(state, number, pages);
            slots.back().set(state, number, backing(memory, gfn));
            return KvmErrno.OK;
        }

        private boolean hasKnownFlags() {
            return extended
                    ? (flags & GUEST_MEMFD) != 0
                            ? (flags & ~GUEST_MEMFD) == 0
                            : (flags & ~(LOG_DIRTY_PAGES | READONLY)) == 0
                    : (flags & ~(LOG_DIRTY_PAGES | READONLY)) == 0;
        }

        /** The anonymous page that the slot begins with; behind them the two kinds of address without memory. */
        private int backing(KvmMemory memory, int gfn) {
            return switch (back) {
                case AREA -> gfn;
                case RESERVED -> memory.shape().areaPages() + 1;
                case NULL, MISALIGNED -> memory.shape().areaPages() + 2;
            };
        }

        /** Of a slot that is there only its place and its dirty log can change. */
        private KvmErrno change(State state, KvmMemory memory, int number, int gfn, int pages, boolean binds) {
            KvmMemory.Slots slots = memory.slots();
            boolean bound = slots.guestMemfd().get(state, number);
            if (memory.checks(KvmGuard.SLOT_IS_IMMUTABLE) && (binds || bound)) {
                return KvmErrno.EINVAL;
            }
            // An area's pages go by the guest's: moved, the slot keeps the address that it had.
            boolean sameAddress = slots.back().get(state, number) == backing(memory, gfn);
            if (!sameAddress || pages != slots.pages().get(state, number)
                    || slots.readOnly().get(state, number) != ((flags & READONLY) != 0)) {
                return KvmErrno.EINVAL;
            }
            if (gfn != slots.gfn().get(state, number)) {
                if (memory.overlaps(state, vm, number, gfn, pages)) {
                    return KvmErrno.EEXIST;
                }
                memory.zap(state, vm, slots.gfn().get(state, number), pages);
                slots.gfn().set(state, number, gfn);
            }
            slots.logged().set(state, number, (flags & LOG_DIRTY_PAGES) != 0);
            return KvmErrno.OK;
        }

        private KvmErrno bind(State state, KvmMemory memory, int number, int pages) {
            int file = memory.file().get(state, fd) - 1;
            if (source == Source.CLOSED || source == Source.DESCRIPTOR && file < 0) {
                return KvmErrno.EBADF;
            }
            if (source == Source.VM) {
                return KvmErrno.EINVAL;
            }
            if (memory.owner().get(state, file) != vm && memory.checks(KvmGuard.BIND_SAME_VM)) {
                return KvmErrno.EINVAL;
            }
            if (offset < 0 || offset + size > memory.size().get(state, file)
                    && memory.checks(KvmGuard.BIND_WITHIN_FILE)) {
                return KvmErrno.EINVAL;
            }
            int first = (int) (offset / KvmMemory.PAGE);
            if (memory.isBound(state, file, first, pages) && memory.checks(KvmGuard.BIND_RANGE_IS_FREE)) {
                return memory.shape().overlapExists() ? KvmErrno.EEXIST : KvmErrno.EINVAL;
            }
            memory.slots().file().set(state, number, file + 1);
            memory.slots().offset().set(state, number, first);
            memory.slots().only().set(state, number, memory.has(state, file, KvmMemory.MMAP));
            return KvmErrno.OK;
        }

        @Override
        public String c() {
            String fields =
                    "slot = %d, .flags = 0x%X, .guest_phys_addr = 0x%XUL, .memory_size = 0x%XUL, .userspace_addr = %s"
                            .formatted(slot, flags, gpa, size, address());
            return extended
                    ? "ioctl(vm%d, KVM_SET_USER_MEMORY_REGION2, &(struct kvm_userspace_memory_region2){.%s, .guest_memfd = %s, .guest_memfd_offset = 0x%XUL});"
                            .formatted(vm, fields, sourceInC(), offset)
                    : "ioctl(vm%d, KVM_SET_USER_MEMORY_REGION, &(struct kvm_userspace_memory_region){.%s});"
                            .formatted(vm, fields);
        }

        private String address() {
            return switch (back) {
                case AREA -> "area%d + 0x%X".formatted(vm, gpa - BASE);
                case RESERVED -> "reserved";
                case NULL -> "0";
                case MISALIGNED -> "reserved + 1";
            };
        }

        private String sourceInC() {
            return switch (source) {
                case DESCRIPTOR -> "fd" + fd;
                case CLOSED -> "9999";
                case VM -> "vm" + vm;
            };
        }

        @Override
        public String mnemonic() {
            return extended ? "KVM_SET_USER_MEMORY_REGION2" : "KVM_SET_USER_MEMORY_REGION";
        }
    }

    /** close() of the VM and its vCPU. Its files keep the VM itself. */
    record CloseVm(int vm) implements VmCall {
        @Override
        public long take(State state, KvmMemory memory) {
            if (!memory.open().get(state, vm)) {
                return KvmResult.failed(KvmErrno.EBADF);
            }
            memory.open().set(state, vm, false);
            return KvmResult.done(0);
        }

        @Override
        public String c() {
            return "close(vcpu%d); close(vm%d);".formatted(vm, vm);
        }

        @Override
        public String mnemonic() {
            return "close VM";
        }
    }

    /** KVM_SET_MEMORY_ATTRIBUTES, of a kernel that has none. */
    record SetAttributes(int vm, long gpa, long size, long attributes) implements VmCall {
        @Override
        public long take(State state, KvmMemory memory) {
            return KvmResult.failed(memory.open().get(state, vm) ? KvmErrno.ENOTTY : KvmErrno.EBADF);
        }

        @Override
        public String c() {
            return "ioctl(vm%d, KVM_SET_MEMORY_ATTRIBUTES, &(struct kvm_memory_attributes){.address = 0x%XUL, .size = 0x%XUL, .attributes = 0x%XUL});"
                    .formatted(vm, gpa, size, attributes);
        }

        @Override
        public String mnemonic() {
            return "KVM_SET_MEMORY_ATTRIBUTES";
        }
    }

    /**
     * KVM_PRE_FAULT_MEMORY: maps each page as a read would, and tells in its argument how much is left. It fails where
     * not even the first page was mapped. A kernel that cannot still checks the arguments first. Source:
     * virt/kvm/kvm_main.c, kvm_vcpu_pre_fault_memory; arch/x86/kvm/mmu/mmu.c, kvm_tdp_map_page.
     */
    record PreFault(int vm, long gpa, long size, long flags) implements VmCall {
        @Override
        public long take(State state, KvmMemory memory) {
            if (!memory.open().get(state, vm)) {
                return KvmResult.failed(KvmErrno.EBADF);
            }
            boolean wrong = flags != 0 || gpa % KvmMemory.PAGE != 0 || size % KvmMemory.PAGE != 0 || size == 0;
            if (wrong || !memory.shape().preFault()) {
                return KvmResult.failed(wrong ? KvmErrno.EINVAL : KvmErrno.EOPNOTSUPP);
            }
            long done = 0;
            while (done < size) {
                KvmErrno errno = map(state, memory, (gpa + done - BASE) / KvmMemory.PAGE);
                if (errno != KvmErrno.OK) {
                    return done == 0 ? KvmResult.failed(errno) : KvmResult.done(left(memory, size - done));
                }
                done += KvmMemory.PAGE;
            }
            return KvmResult.done(0);
        }

        private static long left(KvmMemory memory, long bytes) {
            return memory.checks(KvmGuard.PRE_FAULT_TELLS_WHAT_IS_LEFT) ? bytes : 0;
        }

        /** A fault that would be MMIO is of a page without a slot. */
        private KvmErrno map(State state, KvmMemory memory, long gfn) {
            if (gfn < 0 || gfn >= memory.shape().gfns()) {
                return KvmErrno.ENOENT;
            }
            long failure = VcpuAccess.map(state, memory, vm, (int) gfn, false);
            if (failure == VcpuAccess.MAPPED) {
                return KvmErrno.OK;
            }
            return KvmResult.decode(failure).exit() == KvmResult.EXIT_MMIO ? KvmErrno.ENOENT : KvmErrno.EFAULT;
        }

        @Override
        public String c() {
            return "ioctl(vcpu%d, KVM_PRE_FAULT_MEMORY, &(struct kvm_pre_fault_memory){.gpa = 0x%XUL, .size = 0x%XUL, .flags = 0x%XUL});"
                    .formatted(vm, gpa, size, flags);
        }

        @Override
        public String mnemonic() {
            return "KVM_PRE_FAULT_MEMORY";
        }
    }
}
