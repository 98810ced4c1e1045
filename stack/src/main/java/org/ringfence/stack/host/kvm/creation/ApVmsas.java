package org.ringfence.stack.host.kvm.creation;

import org.ringfence.machine.operation.Part;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The VMSA pages that a guest has named for its vCPUs and that KVM has not looked at yet.
 *
 * <p>Source: Linux, arch/x86/kvm/svm/sev.c: snp_vmsa_gpa and snp_ap_waiting_for_reset of struct vcpu_sev_es_state.
 *
 * @param named 0 for none, the page's number and 1 for a page, one more than pages there are for an address beyond
 *     memory
 * @param waiting whether KVM has yet to look
 */
public record ApVmsas(Snp snp, Bounded named, Flag waiting) {
    static final int NONE = 0;

    /** Brings them. */
    public static final Part PART = Part.of(
            ApVmsas.class, (declaration, machine, cast) -> declare(declaration, machine.part(Snp.class)));

    private static ApVmsas declare(Declaration declaration, Snp snp) {
        int vcpus = snp.rmp().vmsas().vcpus();
        if (vcpus == 0) {
            throw new IllegalArgumentException(
                    "AP creation needs VMSA pages; write 'vmsa-pages: true' among the options of snp");
        }
        Table table = declaration.table("AP creation", "vCPU", vcpus);
        return new ApVmsas(snp, table.bounded("VMSA page", snp.geometry().pages() + 1), table.flag("waiting"));
    }

    boolean hasVcpu(int vcpu) {
        return vcpu >= 0 && vcpu < snp.rmp().vmsas().vcpus();
    }

    /** The number under which an address is kept; that of no page where it is beyond memory. */
    int numberOf(long gpa) {
        int page = snp.geometry().page(gpa);
        return page < 0 ? snp.geometry().pages() + 1 : page + 1;
    }

    void name(State state, int vcpu, int number) {
        named.set(state, vcpu, number);
        waiting.set(state, vcpu, true);
    }
}
