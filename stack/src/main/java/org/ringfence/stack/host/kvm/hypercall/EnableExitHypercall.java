package org.ringfence.stack.host.kvm.hypercall;

import java.util.List;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * KVM_ENABLE_CAP of KVM_CAP_EXIT_HYPERCALL (201): userspace tells which hypercalls it wants to see. Source:
 * arch/x86/kvm/x86.c, kvm_vm_ioctl_enable_cap.
 *
 * @param hypercalls a bit for each number; KVM has one that can leave for userspace, {@link MapGpaRange#NUMBER}
 */
public record EnableExitHypercall(long hypercalls) implements Operation<EnableExitHypercall.Enabled> {
    /** What is valid: KVM_EXIT_HYPERCALL_VALID_MASK. */
    public static final long VALID = 1L << MapGpaRange.NUMBER;

    /** What it comes to. */
    public enum Enabled {
        OK,
        /** A hypercall that never leaves for userspace. */
        EINVAL
    }

    @Override
    public List<Part> needs() {
        return List.of(HypercallExits.PART);
    }

    @Override
    public Results<Enabled> results() {
        return new Results.Closed<>(Enabled.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        HypercallExits exits = machine.part(HypercallExits.class);
        if ((hypercalls & ~VALID) != 0) {
            return state -> Enabled.EINVAL.ordinal();
        }
        boolean wanted = hypercalls == VALID;
        return state -> {
            exits.enabled().set(state, wanted);
            return Enabled.OK.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "KVM_CAP_EXIT_HYPERCALL";
    }
}
