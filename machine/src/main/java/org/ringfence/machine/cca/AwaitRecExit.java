package org.ringfence.machine.cca;

import org.ringfence.machine.cca.realm.RecExitReason;
import org.ringfence.machine.cca.rtt.Ripas;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * Waits until a REC is with the host and tells which one and why; of several, the one with the least number.
 *
 * @param vcpus of the guest's realm
 * @param geometry of the machine
 */
public record AwaitRecExit(int vcpus, Geometry geometry) implements Operation<AwaitRecExit.RecExit> {

    /**
     * What the host learns.
     *
     * @param rec the vCPU
     * @param gpa the page of a fault, or the first of the range that is to change
     * @param pages how many pages are to change
     * @param ripas to what
     */
    public record RecExit(int rec, RecExitReason reason, long gpa, int pages, Ripas ripas) {
        @Override
        public String toString() {
            String where = "REC %d: %s at GPA 0x%X".formatted(rec, reason, gpa);
            return reason == RecExitReason.RIPAS_CHANGE ? "%s, %d pages to %s".formatted(where, pages, ripas) : where;
        }
    }

    /** The fields, each as a digit. */
    record Digits(Geometry geometry) implements Results.Coding<RecExit> {
        @Override
        public RecExit decode(long code) {
            long rest = code / 2;
            int pages = (int) (rest % (geometry.pages() + 1));
            rest /= geometry.pages() + 1;
            long gpa = geometry.gpa((int) (rest % geometry.pages()));
            rest /= geometry.pages();
            RecExitReason[] reasons = RecExitReason.values();
            return new RecExit(
                    (int) rest / reasons.length,
                    reasons[(int) rest % reasons.length],
                    gpa,
                    pages,
                    code % 2 == 0 ? Ripas.EMPTY : Ripas.RAM);
        }

        long encode(int rec, int reason, int page, int pages, boolean ram) {
            long code = (long) rec * RecExitReason.values().length + reason;
            code = code * geometry.pages() + page;
            code = code * (geometry.pages() + 1) + pages;
            return 2 * code + (ram ? 1 : 0);
        }

        @Override
        public String print(long code) {
            return decode(code).toString();
        }
    }

    @Override
    public Results<RecExit> results() {
        return new Results.Coded<>(new Digits(geometry));
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Cca cca = machine.part(Cca.class);
        Numbered.require("number of RECs that are waited for", vcpus, cca.recs().recs() + 1);
        Digits digits = new Digits(geometry);
        return state -> {
            for (int vcpu = 0; vcpu < vcpus; vcpu++) {
                if (cca.recs().cpus().isWithHost(state, vcpu)) {
                    int base = cca.recs().base().get(state, vcpu);
                    return digits.encode(
                            vcpu,
                            cca.recs().exit().ordinal(state, vcpu),
                            cca.recs().page().get(state, vcpu),
                            cca.recs().top().get(state, vcpu) - base,
                            cca.recs().toRam().get(state, vcpu));
                }
            }
            return Outcome.WAITS;
        };
    }

    @Override
    public String mnemonic() {
        return "await REC exit";
    }
}
