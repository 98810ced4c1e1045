package org.ringfence.stack.host.kvm.creation;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * VMGEXIT 0x80000013: the guest names the VMSA page from which one of its vCPUs is to run, and an honest KVM notes it.
 * KVM does not look into the page; whether it is a VMSA hardware finds out at VMRUN. A page that is 2M aligned is
 * refused: while such a page is in use, early processors take the whole 2M for in use. So KVM and Linux as a guest
 * agree on pages that are not.
 *
 * <p>Source: Linux, arch/x86/kvm/svm/sev.c, sev_snp_ap_creation, and SVM_VMGEXIT_AP_CREATION in sev_handle_vmgexit.
 *
 * @param request {@link #CREATE_ON_INIT}, {@link #CREATE}, {@link #DESTROY}; others are refused
 * @param vcpu the APIC ID, which is an actor's index
 * @param vmsa the guest physical address of the page, in bytes; DESTROY does not look at it
 * @param features whether RAX has the SEV features with which the guest was launched
 */
public record ApCreation(int request, int vcpu, long vmsa, boolean features) implements Operation<ApCreated> {
    /** The vCPU runs from the page once it gets INIT. */
    public static final int CREATE_ON_INIT = 0;
    /** The vCPU runs from the page as soon as it can. */
    public static final int CREATE = 1;
    /** The vCPU is not run any more. */
    public static final int DESTROY = 2;

    private static final long ADDRESSES = 1L << 52;

    @Override
    public List<Part> needs() {
        return List.of(ApVmsas.PART);
    }

    @Override
    public Results<ApCreated> results() {
        return new Results.Closed<>(ApCreated.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        ApVmsas vmsas = machine.part(ApVmsas.class);
        if (!isTaken(vmsas)) {
            return state -> ApCreated.INVALID_INPUT.ordinal();
        }
        int number = request == DESTROY ? ApVmsas.NONE : vmsas.numberOf(vmsa);
        return state -> {
            vmsas.name(state, vcpu, number);
            return ApCreated.OK.ordinal();
        };
    }

    private boolean isTaken(ApVmsas vmsas) {
        if (!vmsas.hasVcpu(vcpu)) {
            return false;
        }
        return switch (request) {
            case CREATE_ON_INIT, CREATE -> features && isAddress() && vmsa % Geometry.LARGE != 0;
            case DESTROY -> true;
            default -> false;
        };
    }

    private boolean isAddress() {
        return vmsa >= 0 && vmsa < ADDRESSES && vmsa % Geometry.SMALL == 0;
    }

    @Override
    public String mnemonic() {
        return "AP creation";
    }
}
