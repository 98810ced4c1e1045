package org.ringfence.stack.guest.linux;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.acceptance.BitmapOperation.MarkRange;

/**
 * The body of accept_memory, once units are known: enters them in the list, accepts each run of them whose bits say so,
 * notes it, and takes them out. Interrupts are off from the first to the last: a handler that asked for the same unit
 * would wait for the CPU that it interrupted.
 *
 * @param first page of the first unit
 * @param end the page after the last
 * @param interruptible whether interrupts stay on, and one may come
 */
record AcceptUnits(LazyKernel kernel, int first, int end, boolean interruptible) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        if (kernel.list()) {
            cpu.ask(new AcceptingList.BeginAccepting(first, end - first));
        }
        int page = first;
        while (page < end) {
            int from = page;
            while (page < end && !kernel.isAccepted(cpu, page)) {
                page += kernel.unit();
            }
            if (from < page) {
                acceptRun(cpu, from, page);
            }
            page += kernel.unit();
        }
        if (kernel.list()) {
            cpu.ask(new AcceptingList.EndAccepting(first, end - first));
        }
        return Done.DONE;
    }

    private void acceptRun(Cpu cpu, int from, int to) {
        if (interruptible && cpu.choose(2) == 1) {
            cpu.call(new AcceptUnits(kernel, first, end, false));
        }
        for (int page = from; page < to; page++) {
            cpu.call(new AcceptOnePage(kernel.on(), kernel.gpa(page)));
        }
        cpu.ask(new MarkRange(from, to - from, true));
    }
}
