package org.ringfence.stack.host.kvm.gmem;

import org.ringfence.machine.state.State;

/** Calls on descriptors of guest_memfd files. */
public sealed interface FileCall extends KvmCall {

    /** FALLOC_FL_KEEP_SIZE. */
    int KEEP_SIZE = 1;
    /** FALLOC_FL_PUNCH_HOLE. */
    int PUNCH_HOLE = 2;

    /** Which file a descriptor is of; -1 where it is of none. */
    private static int file(State state, KvmMemory memory, int fd) {
        return memory.file().get(state, fd) - 1;
    }

    /**
     * KVM_CREATE_GUEST_MEMFD. Checks: the flags, then the size.
     *
     * @param fd the descriptor it becomes
     */
    record CreateGuestMemfd(int vm, int fd, long size, long flags) implements FileCall {
        @Override
        public long take(State state, KvmMemory memory) {
            if (file(state, memory, fd) >= 0) {
                return NOT_NOW;
            }
            if (!memory.open().get(state, vm)) {
                return KvmResult.failed(KvmErrno.EBADF);
            }
            boolean known = (flags & ~memory.shape().flags()) == 0;
            if (!known && memory.checks(KvmGuard.CREATE_FLAGS_ARE_KNOWN)) {
                return KvmResult.failed(KvmErrno.EINVAL);
            }
            if ((size <= 0 || size % KvmMemory.PAGE != 0) && memory.checks(KvmGuard.CREATE_SIZE_IS_ALIGNED)) {
                return KvmResult.failed(KvmErrno.EINVAL);
            }
            int made = memory.create(state, vm, size, (int) flags & (KvmMemory.MMAP | KvmMemory.INIT_SHARED));
            memory.file().set(state, fd, made + 1);
            return KvmResult.done(0);
        }

        @Override
        public String c() {
            return "fd%d = ioctl(vm%d, KVM_CREATE_GUEST_MEMFD, &(struct kvm_create_guest_memfd){.size = 0x%XUL, .flags = 0x%XUL});"
                    .formatted(fd, vm, size, flags);
        }

        @Override
        public String mnemonic() {
            return "KVM_CREATE_GUEST_MEMFD";
        }
    }

    /** fallocate(). Checks: the VFS's, then the mode, then alignment, then that what is allocated ends in the file. */
    record Fallocate(int fd, int mode, long offset, long length) implements FileCall {
        private static final int COLLAPSE_RANGE = 8;
        private static final int ZERO_RANGE = 0x10;
        private static final int INSERT_RANGE = 0x20;
        private static final int UNSHARE_RANGE = 0x40;

        @Override
        public long take(State state, KvmMemory memory) {
            int number = file(state, memory, fd);
            if (number < 0) {
                return KvmResult.failed(KvmErrno.EBADF);
            }
            KvmErrno refused = vfs();
            if (refused != KvmErrno.OK) {
                return KvmResult.failed(refused);
            }
            boolean supported = (mode & KEEP_SIZE) != 0 && (mode & ~(KEEP_SIZE | PUNCH_HOLE)) == 0;
            boolean aligned = offset % KvmMemory.PAGE == 0 && length % KvmMemory.PAGE == 0;
            if (memory.checks(KvmGuard.FALLOCATE_MODE_BEFORE_ALIGNMENT)) {
                refused = !supported ? KvmErrno.EOPNOTSUPP : !aligned ? KvmErrno.EINVAL : KvmErrno.OK;
            } else {
                refused = !aligned ? KvmErrno.EINVAL : !supported ? KvmErrno.EOPNOTSUPP : KvmErrno.OK;
            }
            if (refused != KvmErrno.OK) {
                return KvmResult.failed(refused);
            }
            int first = (int) Math.min(offset / KvmMemory.PAGE, memory.shape().filePages());
            int end = (int) Math.min((offset + length) / KvmMemory.PAGE, memory.shape().filePages());
            if ((mode & PUNCH_HOLE) != 0) {
                memory.punch(state, number, first, end);
                return KvmResult.done(0);
            }
            if (offset + length > memory.size().get(state, number) && memory.checks(KvmGuard.ALLOCATE_ENDS_IN_FILE)) {
                return KvmResult.failed(KvmErrno.EINVAL);
            }
            for (int index = first; index < end; index++) {
                memory.instantiate(state, number, index);
            }
            return KvmResult.done(0);
        }

        /** What the VFS checks before it calls the file system. Source: fs/open.c, vfs_fallocate. */
        private KvmErrno vfs() {
            if (offset < 0 || length <= 0) {
                return KvmErrno.EINVAL;
            }
            boolean known =
                    switch (mode & ~KEEP_SIZE) {
                        case 0, UNSHARE_RANGE, ZERO_RANGE -> true;
                        case PUNCH_HOLE -> (mode & KEEP_SIZE) != 0;
                        case COLLAPSE_RANGE, INSERT_RANGE -> (mode & KEEP_SIZE) == 0;
                        default -> false;
                    };
            if (!known) {
                return KvmErrno.EOPNOTSUPP;
            }
            return offset + length < 0 ? KvmErrno.EFBIG : KvmErrno.OK;
        }

        @Override
        public String c() {
            return "fallocate(fd%d, 0x%X, 0x%XL, 0x%XL);".formatted(fd, mode, offset, length);
        }

        @Override
        public String mnemonic() {
            return "fallocate";
        }
    }

    /** close(). The last descriptor and mapping of a file take it with them. */
    record CloseFile(int fd) implements FileCall {
        @Override
        public long take(State state, KvmMemory memory) {
            int number = file(state, memory, fd);
            if (number < 0) {
                return KvmResult.failed(KvmErrno.EBADF);
            }
            memory.file().set(state, fd, 0);
            memory.releaseUnlessReferenced(state, number);
            return KvmResult.done(0);
        }

        @Override
        public String c() {
            return "close(fd%d);".formatted(fd);
        }

        @Override
        public String mnemonic() {
            return "close";
        }
    }

    /** dup(): another descriptor of the same file, {@code to}. */
    record DuplicateFile(int fd, int to) implements FileCall {
        @Override
        public long take(State state, KvmMemory memory) {
            int number = file(state, memory, fd);
            if (file(state, memory, to) >= 0) {
                return NOT_NOW;
            }
            if (number < 0) {
                return KvmResult.failed(KvmErrno.EBADF);
            }
            memory.file().set(state, to, number + 1);
            return KvmResult.done(0);
        }

        @Override
        public String c() {
            return "fd%d = dup(fd%d);".formatted(to, fd);
        }

        @Override
        public String mnemonic() {
            return "dup";
        }
    }

    /** Calls that a file of private memory refuses, whatever it holds, and fstat, which tells its size. */
    enum Poked {
        /** fstat(): st_size. */
        FSTAT("fstat(fd%d, &st);", KvmErrno.OK),
        READ("read(fd%d, buffer, 8);", KvmErrno.EINVAL),
        WRITE("write(fd%d, buffer, 8);", KvmErrno.EINVAL),
        PREAD("pread(fd%d, buffer, 8, 0);", KvmErrno.ESPIPE),
        PWRITE("pwrite(fd%d, buffer, 8, 0);", KvmErrno.ESPIPE),
        LSEEK("lseek(fd%d, 0, SEEK_END);", KvmErrno.ESPIPE),
        FTRUNCATE("ftruncate(fd%d, 0x1000);", KvmErrno.EINVAL),
        FSYNC("fsync(fd%d);", KvmErrno.EINVAL),
        /** open() of its link in /proc: no second file is made so. */
        REOPEN("open(proc_self_fd(fd%d), O_RDWR);", KvmErrno.ENXIO);

        private final String c;
        private final KvmErrno errno;

        Poked(String c, KvmErrno errno) {
            this.c = c;
            this.errno = errno;
        }
    }

    /** One of {@link Poked}. */
    record Poke(int fd, Poked what) implements FileCall {
        @Override
        public long take(State state, KvmMemory memory) {
            int number = file(state, memory, fd);
            if (number < 0) {
                return KvmResult.failed(what == Poked.REOPEN ? KvmErrno.ENOENT : KvmErrno.EBADF);
            }
            return what == Poked.FSTAT
                    ? KvmResult.done(memory.size().get(state, number) / KvmMemory.PAGE)
                    : KvmResult.failed(what.errno);
        }

        @Override
        public String c() {
            return what.c.formatted(fd);
        }

        @Override
        public String mnemonic() {
            return what.name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
