package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;

/**
 * One call of tdx_enable(), which any kernel code that wants TDX makes: the first brings the module up, and how that
 * ended decides what all later ones return. A failure is for good: they call nobody and return -EINVAL. Source: Linux,
 * arch/x86/virt/vmx/tdx/tdx.c (tdx_enable).
 *
 * @param status as the call before left it
 */
public record TdxEnable(BringUp bringUp, Status status) implements Routine<TdxEnable.Returned> {

    /** What Linux remembers: tdx_module_status. */
    public enum Status {
        UNINITIALIZED,
        INITIALIZED,
        ERROR
    }

    /**
     * What the call came to.
     *
     * @param status for the next call
     * @param errno what it returns
     * @param unwinding what it did about a failure
     */
    public record Returned(Status status, BringUpErrno errno, BringUp.Unwinding unwinding) {}

    @Override
    public Returned run(Cpu cpu) {
        return switch (status) {
            case UNINITIALIZED -> {
                BringUp.End end = cpu.call(bringUp);
                yield new Returned(
                        end.isReady() ? Status.INITIALIZED : Status.ERROR, end.errno(), end.unwinding());
            }
            case INITIALIZED -> new Returned(status, BringUpErrno.OK, BringUp.Unwinding.NOTHING);
            case ERROR -> new Returned(status, BringUpErrno.EINVAL, BringUp.Unwinding.NOTHING);
        };
    }
}
