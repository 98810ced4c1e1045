package org.ringfence.machine.tdx.abi;

/**
 * Where a leaf function puts its output registers but RAX. A register that it does not set keeps what the caller had in
 * it. No state: whoever makes a call in its raw form brings one along, whoever makes it in its typed form does without.
 */
public final class Outputs {
    /** Takes nothing. */
    public static final Outputs NONE = new Outputs(false, Registers.of(0));

    private final boolean kept;
    private final Registers in;
    private long rcx;
    private long rdx;
    private long r8;
    private long r9;
    private long r10;
    private long r11;
    private long r12;
    private long r13;

    private Outputs(boolean kept, Registers in) {
        this.kept = kept;
        this.in = in;
    }

    /** New ones, all zero. */
    public static Outputs zero() {
        return new Outputs(true, Registers.of(0));
    }

    /** New ones that hold what {@code in} does. */
    public static Outputs keeping(Registers in) {
        Outputs outputs = new Outputs(true, in);
        outputs.of(in);
        return outputs;
    }

    /** Sets RCX. */
    public void rcx(long value) {
        if (kept) {
            rcx = value;
        }
    }

    /** Sets RDX. */
    public void rdx(long value) {
        if (kept) {
            rdx = value;
        }
    }

    /** Sets R8. */
    public void r8(long value) {
        if (kept) {
            r8 = value;
        }
    }

    /** Sets R9. */
    public void r9(long value) {
        if (kept) {
            r9 = value;
        }
    }

    /** Sets R10. */
    public void r10(long value) {
        if (kept) {
            r10 = value;
        }
    }

    /** Sets R11. */
    public void r11(long value) {
        if (kept) {
            r11 = value;
        }
    }

    /** Sets R12. */
    public void r12(long value) {
        if (kept) {
            r12 = value;
        }
    }

    /** Sets R13. */
    public void r13(long value) {
        if (kept) {
            r13 = value;
        }
    }

    /** Sets R9, R10 or R11, which tell of L2 VM 1, 2 or 3. */
    public void l2(int vm, long value) {
        switch (vm) {
            case 1 -> r9(value);
            case 2 -> r10(value);
            case 3 -> r11(value);
            default -> throw new IllegalArgumentException("there is no L2 VM " + vm);
        }
    }

    /** Sets bit 63 of R8, or with {@code vm} of R9, R10 or R11: the page there was not used. */
    public void unused(int vm) {
        switch (vm) {
            case 0 -> r8(r8 | Long.MIN_VALUE);
            case 1 -> r9(r9 | Long.MIN_VALUE);
            case 2 -> r10(r10 | Long.MIN_VALUE);
            case 3 -> r11(r11 | Long.MIN_VALUE);
            default -> throw new IllegalArgumentException("there is no L2 VM " + vm);
        }
    }

    /** Sets all of them to those of {@code registers}. */
    public void of(Registers registers) {
        rcx(registers.rcx());
        rdx(registers.rdx());
        r8(registers.r8());
        r9(registers.r9());
        r10(registers.r10());
        r11(registers.r11());
        r12(registers.r12());
        r13(registers.r13());
    }

    /** These with RAX. */
    public Registers with(long rax) {
        return new Registers(rax, rcx, rdx, r8, r9, r10, r11, r12, r13, in.r14(), in.r15());
    }
}
