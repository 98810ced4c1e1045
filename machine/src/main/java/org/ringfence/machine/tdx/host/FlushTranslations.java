package org.ringfence.machine.tdx.host;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * The host flushes what the logical CPU of a vCPU keeps of translations, INVEPT of all contexts, while the vCPU is out:
 * what it must do itself for the shared mappings of a TD. Waits while the vCPU is inside. Source: Linux,
 * arch/x86/kvm/vmx/tdx.c (tdx_flush_tlb_current).
 */
public record FlushTranslations(int vcpu) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
        tdx.vcpus().require(vcpu);
        return state -> {
            if (!tdx.vcpus().isWithHost(state, tdx.vcpus().first() + vcpu)) {
                return Outcome.WAITS;
            }
            int cpu = tdx.vps().cpu(state, vcpu);
            if (cpu >= 0) {
                tdx.translations().flush(state, cpu);
            }
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "INVEPT";
    }
}
