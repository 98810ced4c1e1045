package org.ringfence.machine.snp.firmware;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;

/**
 * The host sets on every core what SNP_INIT looks at.
 *
 * @param enabled SNPEn and VMPLEn in SYSCFG (MSR C001_0010, bits 24 and 25)
 * @param hsave whether VM_HSAVE_PA (MSR C001_0117) is other than 0 on some core
 */
public record ConfigureSnp(boolean enabled, boolean hsave) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        SnpFirmware firmware = machine.part(SnpFirmware.class);
        return state -> {
            firmware.enabled().set(state, 0, enabled);
            firmware.begun().set(state, 0, hsave);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "WRMSR";
    }
}
