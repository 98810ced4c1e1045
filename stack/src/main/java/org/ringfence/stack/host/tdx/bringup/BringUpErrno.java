package org.ringfence.stack.host.tdx.bringup;

/** What Linux returns from tdx_enable(), 0 for success. Source: include/uapi/asm-generic/errno-base.h, errno.h. */
public enum BringUpErrno {
    OK(0),
    EIO(5),
    ENOMEM(12),
    EACCES(13),
    ENODEV(19),
    EINVAL(22),
    ENOSPC(28),
    EOPNOTSUPP(95);

    private final int number;

    BringUpErrno(int number) {
        this.number = number;
    }

    /** The number that Linux returns the negative of. */
    public int number() {
        return number;
    }

    @Override
    public String toString() {
        return this == OK ? "0" : "-" + name();
    }
}
