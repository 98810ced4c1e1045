package org.ringfence.machine.tdx.tdcall;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.TdExitReason;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDG.VP.VMCALL&lt;MapGPA&gt;, TDCALL leaf 0 with R11 = 0x10001: the guest asks the host to map a range of its pages
 * shared, or private. The module only passes it on; no Secure EPT entry changes. What comes back is the host's word:
 * R10. Source: Guest-Host Communication Interface, MapGPA.
 *
 * <p>R11, the first address not done after {@link #RETRY}, is read by {@link ReadRetryAddress}. Whether R12 and R13 are
 * a range is for the host to say: the module does not look.
 *
 * @param to what the pages shall be; shared sets bit 47 of R12
 * @param gpa R12 without the shared bit, 4K aligned
 * @param size R13, in bytes: at most the 4K pages of a 2M page
 */
public record TdgVpVmcallMapGpa(Mapping to, long gpa, long size) implements Operation<Answer> {
    /** R10: done. */
    public static final int SUCCESS = 0;

    /** R10: the guest shall call again for the rest. */
    public static final int RETRY = 1;

    /** R10: something is wrong with the operands. */
    public static final long INVALID_OPERAND = 0x8000_0000_0000_0000L;

    /** R10: the range is in use. */
    public static final long GPA_INUSE = 0x8000_0000_0000_0001L;

    /** R10: R12 or R13 is not 4K aligned. */
    public static final long ALIGN_ERROR = 0x8000_0000_0000_0002L;

    @Override
    public Results<Answer> results() {
        return new Results.Answers(MapGpaAnswer.KNOWN);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, actor);
        Geometry geometry = tdx.geometry();
        if (size < 0 || size / Geometry.SMALL > geometry.smallPerLarge()) {
            throw new IllegalArgumentException(
                    "%s: a request is for at most %d pages of 4K".formatted(this, geometry.smallPerLarge()));
        }
        TdExitReason reason = reason();
        int pages = reason.hasPage() ? (int) (size / Geometry.SMALL) : 1;
        int first = reason.hasPage() ? GuestPages.page(geometry, gpa) : 0;
        if (reason.hasPage()) {
            GuestPages.page(geometry, gpa + size - Geometry.SMALL);
        }
        Cpus cpus = tdx.vcpus().cpus();
        int vcpu = tdx.vcpus().of(actor);
        return state -> {
            if (!tdx.runs(state, actor)) {
                return Outcome.WAITS;
            }
            if (cpus.status().is(state, actor.index(), Cpus.Status.ANSWERED)) {
                return cpus.takeAnswer(state, actor.index());
            }
            tdx.vcpus().call(state, vcpu, reason, first, pages);
            return Outcome.CALLS;
        };
    }

    private TdExitReason reason() {
        if (size == 0) {
            return TdExitReason.MAP_GPA_EMPTY;
        }
        if ((gpa | size) % Geometry.SMALL != 0) {
            return TdExitReason.MAP_GPA_UNALIGNED;
        }
        return to == Mapping.SHARED ? TdExitReason.MAP_GPA_SHARED : TdExitReason.MAP_GPA_PRIVATE;
    }

    @Override
    public String mnemonic() {
        return "TDG.VP.VMCALL<MapGPA>";
    }
}
