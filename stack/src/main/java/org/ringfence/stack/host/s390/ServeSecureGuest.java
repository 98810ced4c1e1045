package org.ringfence.stack.host.s390;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.s390.AwaitSecureFault;
import org.ringfence.machine.s390.UvCall;
import org.ringfence.machine.s390.UvStatus;

/** An honest host that imports a page when its guest faults there. Source: Linux, arch/s390/mm/fault.c (0x3E). */
public record ServeSecureGuest(Geometry geometry) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        int page = cpu.ask(new AwaitSecureFault(geometry));
        if (page == geometry.pages()) {
            return Done.DONE;
        }
        UvStatus status = cpu.ask(new UvCall.Import(geometry.gpa(page)));
        if (status != UvStatus.SUCCESS) {
            throw new Panic("CONV_TO_SEC_STOR ends with %s".formatted(status));
        }
        cpu.ask(new UvCall.Sie(0));
        return cpu.again(this);
    }
}
