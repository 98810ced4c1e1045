package org.ringfence.stack.host.kvm.inplace;

import java.util.List;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.operation.Step;

/**
 * A VMM that reads a buffer where the guest says that it is. A page that is private cannot be mapped: the access raises
 * SIGBUS, which ends the VMM unless it handles it. The kernel is none the worse.
 *
 * @param handles whether the VMM handles SIGBUS
 */
public record UseBufferInPlace(long gpa, boolean handles) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        return switch (cpu.ask(new ReadBuffer(gpa))) {
            case READ -> Done.DONE;
            case SIGBUS -> {
                if (!handles) {
                    throw new Panic("SIGBUS in a read of a buffer at GPA 0x%X: the VMM dies".formatted(gpa));
                }
                yield Done.DONE;
            }
        };
    }

    /** What an access of userspace comes to. */
    public enum Buffer {
        READ,
        SIGBUS
    }

    /** The VMM reads a page through its mapping of the file, which a fault makes where there is none. */
    public record ReadBuffer(long gpa) implements Operation<Buffer> {
        @Override
        public List<Part> needs() {
            return List.of(InPlaceFile.PART);
        }

        @Override
        public Results<Buffer> results() {
            return new Results.Closed<>(Buffer.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            InPlaceFile file = machine.part(InPlaceFile.class);
            int page = file.page(gpa);
            return state -> {
                if (file.isPrivate().get(state, page)) {
                    state.observe(Property.HOST_SAFETY.exercised());
                    return Buffer.SIGBUS.ordinal();
                }
                file.mapped().set(state, page, true);
                boolean secret = file.content().is(state, page, InPlaceFile.Content.SECRET);
                state.observe(secret ? Property.CONFIDENTIALITY.broken() : Property.CONFIDENTIALITY.exercised());
                return Buffer.READ.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "read buffer";
        }
    }
}
