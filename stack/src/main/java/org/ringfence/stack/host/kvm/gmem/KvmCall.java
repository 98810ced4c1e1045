package org.ringfence.stack.host.kvm.gmem;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/**
 * A system call of userspace that concerns private memory, an access of userspace to memory, or one of a guest: whole,
 * as nobody else sees it in parts. It names descriptors, mappings, slots and VMs by small numbers of its own. Where it
 * cannot be said, such as a descriptor that would be made under a number that is taken, it waits.
 */
public sealed interface KvmCall extends Operation<KvmResult>
        permits FileCall, MappingCall, VmCall, VcpuAccess {

    /** What {@link #take} answers where the call cannot be said. */
    long NOT_NOW = Outcome.WAITS;

    /** Does it; answers the code of a {@link KvmResult}, or {@link #NOT_NOW}. */
    long take(State state, KvmMemory memory);

    /** As a line of C, with a comment of what Ringfence calls the objects. */
    String c();

    @Override
    default Results<KvmResult> results() {
        return new Results.Coded<>(KvmResult.Coding.CODING);
    }

    @Override
    default Step on(Machine machine, Actor actor) {
        KvmMemory memory = machine.part(KvmMemory.class);
        return state -> take(state, memory);
    }
}
