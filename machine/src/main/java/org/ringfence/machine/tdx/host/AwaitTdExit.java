package org.ringfence.machine.tdx.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.td.TdExit;
import org.ringfence.machine.tdx.td.TdExitReason;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;

/**
 * TDH.VP.ENTER as it returns: the host waits until one of its vCPUs is out and learns which and why. Of several, the
 * first. Needs {@link TdxFeature#EXIT_DETAILS}.
 *
 * @param first the first vCPU that this CPU of the host looks after
 * @param vcpus how many it looks after
 * @param geometry of the machine, so that the results are known
 */
public record AwaitTdExit(int first, int vcpus, Geometry geometry) implements Operation<TdExit> {
    private static final TdExitReason[] REASONS = TdExitReason.values();
    private static final Level[] LEVELS = Level.values();

    /** Results that were listed before, as a routine is learned by asking again and again. */
    private static final Map<AwaitTdExit, Results<TdExit>> MADE = new ConcurrentHashMap<>();

    public AwaitTdExit {
        Numbered.require("first vCPU", first, Long.SIZE);
        Numbered.require("number of vCPUs that are waited for", vcpus, Long.SIZE);
    }

    @Override
    public Results<TdExit> results() {
        return MADE.computeIfAbsent(this, AwaitTdExit::make);
    }

    private Results<TdExit> make() {
        List<TdExit> exits = new ArrayList<>();
        for (int vcpu = first; vcpu < first + vcpus; vcpu++) {
            for (TdExitReason reason : REASONS) {
                if (reason != TdExitReason.NONE) {
                    addPages(exits, vcpu, reason);
                }
            }
        }
        return new Results.Listed<>(exits);
    }

    private void addPages(List<TdExit> exits, int vcpu, TdExitReason reason) {
        for (int page = 0; page < (reason.hasPage() ? geometry.pages() : 1); page++) {
            for (int detail = 0; detail < details(reason); detail++) {
                exits.add(new TdExit(
                        vcpu,
                        reason,
                        geometry.gpa(page),
                        reason.hasRange() ? Level.SIZE_4K : LEVELS[detail],
                        reason.hasRange() ? Math.min(detail + 1, geometry.pages() - page) : 1));
            }
        }
    }

    /** How many different exits one reason and page have. */
    private int details(TdExitReason reason) {
        if (reason.hasRange()) {
            return geometry.smallPerLarge();
        }
        return reason.qualifiesLevels() && geometry.hasLargePages() ? LEVELS.length : 1;
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
        if (!tdx.vcpus().detailed()) {
            throw new IllegalStateException("the machine keeps no TD exits: it lacks the feature EXIT_DETAILS");
        }
        for (int vcpu = first; vcpu < first + vcpus; vcpu++) {
            tdx.vcpus().require(vcpu);
        }
        int[] bases = new int[REASONS.length];
        int perVcpu = 0;
        for (TdExitReason reason : REASONS) {
            bases[reason.ordinal()] = perVcpu;
            perVcpu += reason == TdExitReason.NONE ? 0 : (reason.hasPage() ? geometry.pages() : 1) * details(reason);
        }
        int ofOneVcpu = perVcpu;
        return state -> {
            for (int vcpu = first; vcpu < first + vcpus; vcpu++) {
                if (tdx.vcpus().isWithHost(state, tdx.vcpus().first() + vcpu)) {
                    return (long) (vcpu - first) * ofOneVcpu + code(tdx, state, vcpu, bases);
                }
            }
            return Outcome.WAITS;
        };
    }

    private int code(Tdx tdx, State state, int vcpu, int[] bases) {
        TdExitReason reason = tdx.vcpus().reason().get(state, vcpu);
        int detail = reason.hasRange()
                ? tdx.vcpus().morePages().get(state, vcpu)
                : Math.min(tdx.vcpus().requested().get(state, vcpu), LEVELS.length - 1);
        return bases[reason.ordinal()] + tdx.vcpus().page().get(state, vcpu) * details(reason) + detail;
    }

    @Override
    public String mnemonic() {
        return "await TD exit";
    }
}
