package org.ringfence.stack.host.kvm.hypercall;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.NumberedFamily;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.stack.host.kvm.fault.PrivateVm;

/**
 * What KVM_EXIT_HYPERCALL tells userspace of each vCPU, in kvm_run, and whether there are such exits at all.
 *
 * @param cpus which vCPUs wait for userspace
 * @param enabled whether userspace has enabled KVM_CAP_EXIT_HYPERCALL for this hypercall
 * @param page the first guest page of the request
 * @param pages its length in 4K pages
 * @param toPrivate whether they shall become private
 */
public record HypercallExits(
        Geometry geometry, Cpus cpus, Flag enabled, Bounded page, Bounded pages, Flag toPrivate) {
    /** Brings it. A VMM that is not trusted may answer a guest without having done what it asked. */
    public static final Part PART = Part.of(
            HypercallExits.class,
            (declaration, machine, cast) -> declare(
                    declaration, machine.part(PrivateVm.class).geometry(), machine.part(Cpus.class),
                    cast.cpus()),
            Adversary.malicious(Principal.VMM, (machine, cast) -> families(machine)));

    private static HypercallExits declare(Declaration declaration, Geometry geometry, Cpus cpus, int cpuCount) {
        Table exit = declaration.table("hypercall exit", "actor", cpuCount);
        return new HypercallExits(
                geometry,
                cpus,
                declaration.single("hypercall exits").flag("enabled"),
                exit.bounded("page", geometry.pages() - 1),
                exit.bounded("pages", geometry.pages()),
                exit.flag("to private"));
    }

    /** A vCPU leaves for userspace. */
    void leave(State state, int vcpu, int first, int count, boolean asPrivate) {
        cpus.status().set(state, vcpu, Cpus.Status.CALLING);
        page.set(state, vcpu, first);
        pages.set(state, vcpu, count);
        toPrivate.set(state, vcpu, asPrivate);
    }

    /** Userspace runs a vCPU that waits for it, with an answer; whether one waits. */
    boolean answer(State state, int vcpu, HypercallReturn answer) {
        if (!cpus.status().is(state, vcpu, Cpus.Status.CALLING)) {
            return false;
        }
        cpus.answer(state, vcpu, answer.ordinal());
        page.set(state, vcpu, 0);
        pages.set(state, vcpu, 0);
        toPrivate.set(state, vcpu, false);
        return true;
    }

    private static List<Family> families(Machine machine) {
        HypercallExits exits = machine.part(HypercallExits.class);
        return List.of(new NumberedFamily(
                Principal.VMM,
                exits.cpus.actors(),
                (state, vcpu) -> exits.answer(state, vcpu, HypercallReturn.ANYTHING),
                vcpu -> new AnswerHypercall(vcpu, HypercallReturn.ANYTHING)));
    }
}
