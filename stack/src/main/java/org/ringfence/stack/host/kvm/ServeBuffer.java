package org.ringfence.stack.host.kvm;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.snp.psc.PscBuffers.Work;
import org.ringfence.machine.snp.psc.PscService;

/**
 * Makes the page state changes of {@code vcpu}'s buffer, one entry after the other, as far as they are well formed and
 * can be done. Answers whether all are.
 */
public record ServeBuffer(int vcpu, Hosting hosting) implements Routine<Boolean> {
    @Override
    public Boolean run(Cpu cpu) {
        PscService.Task task = cpu.ask(new PscService.Next(vcpu, hosting.geometry(), hosting.bound()));
        long gpa = task.gpa();
        boolean goesOn =
                switch (task.work()) {
                    case NOTHING, INVALID_SCRATCH, INVALID_HEADER, INVALID_ENTRY -> false;
                    case IGNORED -> true;
                    case PRIVATE_4K -> cpu.call(new MakePrivate(gpa, hosting));
                    case PRIVATE_2M -> cpu.call(new MakeLargePrivate(gpa, hosting));
                    case SHARED_4K -> cpu.call(new MakeShared(gpa, hosting));
                    case SHARED_2M -> cpu.call(new MakeLargeShared(gpa, hosting));
                };
        if (!goesOn) {
            return task.work() == Work.NOTHING;
        }
        cpu.ask(new PscService.Complete(vcpu));
        return cpu.again(this);
    }
}
