package org.ringfence.stack.host.kvm.gmem;

import java.util.Arrays;

/** What a system call fails with, by Linux' numbers. Source: include/uapi/asm-generic/errno-base.h, errno.h. */
public enum KvmErrno {
    OK(0),
    EPERM(1),
    ENOENT(2),
    EINTR(4),
    EIO(5),
    ENXIO(6),
    EBADF(9),
    EAGAIN(11),
    ENOMEM(12),
    EACCES(13),
    EFAULT(14),
    EBUSY(16),
    EEXIST(17),
    ENODEV(19),
    EINVAL(22),
    ENOTTY(25),
    EFBIG(27),
    ESPIPE(29),
    EOVERFLOW(75),
    EOPNOTSUPP(95),
    EHWPOISON(133);

    private final int number;

    KvmErrno(int number) {
        this.number = number;
    }

    /** The number in errno. */
    public int number() {
        return number;
    }

    /** The name of an error with this number, or the number itself. */
    public static String name(int number) {
        return Arrays.stream(values()).filter(errno -> errno.number == number).map(Enum::name).findFirst()
                .orElse("errno " + number);
    }
}
