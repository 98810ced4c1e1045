package org.ringfence.stack.host.kvm.gmem;

import org.ringfence.machine.state.State;

/**
 * Userspace maps a file, and reaches memory through its mapping. An access that the kernel answers with SIGBUS or
 * SIGSEGV counts as EFAULT: it is made by a system call on that memory, so that nobody dies of it.
 */
public sealed interface MappingCall extends KvmCall {

    /** PROT_READ. */
    int READ = 1;
    /** PROT_WRITE. */
    int WRITE = 2;
    /** PROT_EXEC. */
    int EXEC = 4;

    private static boolean isMapped(State state, KvmMemory memory, int mapping, int page) {
        return memory.mappings().file().get(state, mapping) != 0
                && page < memory.mappings().pages().get(state, mapping);
    }

    /**
     * mmap(). Checks: the offset's alignment, the descriptor, that there is a length, that nothing is executed, that
     * the file can be mapped, and that it is mapped shared.
     *
     * @param length in bytes
     * @param shared MAP_SHARED, not MAP_PRIVATE
     */
    record Mmap(int mapping, int fd, long offset, long length, int protection, boolean shared) implements MappingCall {
        @Override
        public long take(State state, KvmMemory memory) {
            if (memory.mappings().file().get(state, mapping) != 0) {
                return NOT_NOW;
            }
            if (offset % KvmMemory.PAGE != 0) {
                return KvmResult.failed(KvmErrno.EINVAL);
            }
            int number = memory.file().get(state, fd) - 1;
            if (number < 0) {
                return KvmResult.failed(KvmErrno.EBADF);
            }
            if (length == 0) {
                return KvmResult.failed(KvmErrno.EINVAL);
            }
            if ((protection & EXEC) != 0) {
                return KvmResult.failed(KvmErrno.EPERM);
            }
            if (!memory.has(state, number, KvmMemory.MMAP)) {
                return KvmResult.failed(KvmErrno.ENODEV);
            }
            if (!shared && memory.checks(KvmGuard.MMAP_IS_SHARED)) {
                return KvmResult.failed(KvmErrno.EINVAL);
            }
            KvmMemory.Mappings mappings = memory.mappings();
            mappings.file().set(state, mapping, number + 1);
            mappings.offset().set(state, mapping, (int) (offset / KvmMemory.PAGE));
            mappings.pages().set(state, mapping, (int) ((length + KvmMemory.PAGE - 1) / KvmMemory.PAGE));
            mappings.reads().set(state, mapping, protection != 0);
            mappings.writes().set(state, mapping, (protection & WRITE) != 0);
            return KvmResult.done(0);
        }

        @Override
        public String c() {
            return "map%d = mmap(NULL, 0x%XUL, 0x%X, %s, fd%d, 0x%XL);"
                    .formatted(mapping, length, protection, shared ? "MAP_SHARED" : "MAP_PRIVATE", fd, offset);
        }

        @Override
        public String mnemonic() {
            return "mmap";
        }
    }

    /** munmap() of all of a mapping. */
    record Munmap(int mapping) implements MappingCall {
        @Override
        public long take(State state, KvmMemory memory) {
            if (memory.mappings().file().get(state, mapping) == 0) {
                return NOT_NOW;
            }
            memory.unmap(state, mapping);
            return KvmResult.done(0);
        }

        @Override
        public String c() {
            return "munmap(map%d, length%d);".formatted(mapping, mapping);
        }

        @Override
        public String mnemonic() {
            return "munmap";
        }
    }

    /** Userspace reads page {@code page} of a mapping, all of it: what it begins with, the rest being zeros. */
    record HostRead(int mapping, int page) implements MappingCall {
        @Override
        public long take(State state, KvmMemory memory) {
            if (!isMapped(state, memory, mapping, page)) {
                return NOT_NOW;
            }
            int frame = memory.mappings().reads().get(state, mapping) ? memory.hostFrame(state, mapping, page) : -1;
            return frame < 0
                    ? KvmResult.failed(KvmErrno.EFAULT)
                    : KvmResult.done(memory.content().get(state, frame));
        }

        @Override
        public String c() {
            return "write(pipe, map%d + 0x%X, 0x1000);".formatted(mapping, page * KvmMemory.PAGE);
        }

        @Override
        public String mnemonic() {
            return "host read";
        }
    }

    /** Userspace writes {@code value} at the beginning of page {@code page} of a mapping. */
    record HostWrite(int mapping, int page, int value) implements MappingCall {
        @Override
        public long take(State state, KvmMemory memory) {
            if (!isMapped(state, memory, mapping, page)) {
                return NOT_NOW;
            }
            int frame = memory.mappings().writes().get(state, mapping) ? memory.hostFrame(state, mapping, page) : -1;
            if (frame < 0) {
                return KvmResult.failed(KvmErrno.EFAULT);
            }
            memory.content().set(state, frame, value);
            return KvmResult.done(0);
        }

        @Override
        public String c() {
            return "*(u64 *)buffer = %d; read(pipe, map%d + 0x%X, 8);".formatted(value, mapping, page * KvmMemory.PAGE);
        }

        @Override
        public String mnemonic() {
            return "host write";
        }
    }

    /** Advice to madvise(). */
    enum Advice {
        /** MADV_DONTNEED: the host's translations go, the pages stay. */
        DONTNEED(4),
        /** MADV_FREE, which is for anonymous memory only. */
        FREE(8),
        /** MADV_REMOVE: punches a hole. */
        REMOVE(9);

        private final int number;

        Advice(int number) {
            this.number = number;
        }

        /** Its number. */
        public int number() {
            return number;
        }
    }

    /** madvise() on page {@code page} of a mapping. */
    record Madvise(int mapping, int page, Advice advice) implements MappingCall {
        @Override
        public long take(State state, KvmMemory memory) {
            if (!isMapped(state, memory, mapping, page)) {
                return NOT_NOW;
            }
            return switch (advice) {
                case FREE -> KvmResult.failed(KvmErrno.EINVAL);
                case DONTNEED -> {
                    memory.mappings().frame().set(state, mapping * KvmMemory.LONGEST + page, 0);
                    yield KvmResult.done(0);
                }
                case REMOVE -> {
                    int index = memory.mappings().offset().get(state, mapping) + page;
                    memory.punch(state, memory.mappings().file().get(state, mapping) - 1, index, index + 1);
                    yield KvmResult.done(0);
                }
            };
        }

        @Override
        public String c() {
            return "madvise(map%d + 0x%X, 0x1000, MADV_%s);".formatted(mapping, page * KvmMemory.PAGE, advice);
        }

        @Override
        public String mnemonic() {
            return "madvise";
        }
    }
}
