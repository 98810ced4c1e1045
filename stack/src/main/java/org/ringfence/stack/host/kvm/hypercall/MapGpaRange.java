package org.ringfence.stack.host.kvm.hypercall;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * Hypercall 12: the guest asks that a range of its pages become private or shared. KVM checks, in this order: that the
 * caller is a kernel, that userspace wants the exit, the range; and leaves for userspace. Of the attributes it checks
 * nothing. Source: arch/x86/kvm/x86.c, ____kvm_emulate_hypercall.
 *
 * @param cpl the privilege level of the caller, 0 to 3
 * @param gpa where the range begins, in bytes
 * @param pages its length, in 4K pages
 * @param attributes bits 3:0 a hint of the page size; bit 4, {@link #ENCRYPTED}
 */
public record MapGpaRange(int cpl, long gpa, long pages, long attributes) implements Operation<Answer> {
    /** The hypercall's number. */
    public static final int NUMBER = 12;
    /** KVM_MAP_GPA_RANGE_ENCRYPTED: they shall be private. */
    public static final long ENCRYPTED = 0x10;

    @Override
    public List<Part> needs() {
        return List.of(HypercallExits.PART);
    }

    @Override
    public Results<Answer> results() {
        return HypercallReturn.answers();
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        HypercallExits exits = machine.part(HypercallExits.class);
        int vcpu = actor.index();
        if (cpl != 0) {
            return state -> HypercallReturn.EPERM.ordinal();
        }
        if (!isRange()) {
            return state -> (exits.enabled().get(state) ? HypercallReturn.EINVAL : HypercallReturn.ENOSYS).ordinal();
        }
        int first = GuestPages.page(exits.geometry(), gpa);
        if (pages > exits.geometry().pages() - first) {
            throw new IllegalArgumentException(
                    "KVM_HC_MAP_GPA_RANGE of %d pages from GPA 0x%X on; the machine has %d pages".formatted(
                            pages, gpa, exits.geometry().pages()));
        }
        boolean toPrivate = (attributes & ENCRYPTED) != 0;
        return state -> {
            if (!exits.enabled().get(state)) {
                return HypercallReturn.ENOSYS.ordinal();
            }
            exits.leave(state, vcpu, first, (int) pages, toPrivate);
            return Outcome.CALLS;
        };
    }

    /** Whether the range is aligned, has pages, and does not wrap. */
    private boolean isRange() {
        long gfn = gpa >>> Long.numberOfTrailingZeros(Geometry.SMALL);
        return gpa % Geometry.SMALL == 0 && pages != 0 && Long.compareUnsigned(gfn + pages, gfn) > 0;
    }

    @Override
    public String mnemonic() {
        return "KVM_HC_MAP_GPA_RANGE";
    }
}
