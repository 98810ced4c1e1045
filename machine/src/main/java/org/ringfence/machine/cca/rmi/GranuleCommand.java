package org.ringfence.machine.cca.rmi;

import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.CcaGuard;
import org.ringfence.machine.cca.granule.GranuleState;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.state.State;

/** Commands that move a granule between the host and the RMM. Source: TF-RMM rmm-spec-v1.0-rel0, rmi/granule.c. */
public sealed interface GranuleCommand extends RmiCommand {

    /** RMI_GRANULE_DELEGATE (0x1). */
    record Delegate(Frame addr) implements GranuleCommand {
        @Override
        public RmiStatus perform(State state, Cca cca) {
            if (!cca.granules().is(state, addr.index(), GranuleState.NS)
                    && cca.checks(CcaGuard.DELEGATE_GRANULE_IS_NS)) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            cca.delegate(state, addr.index());
            return RmiStatus.RMI_SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "RMI_GRANULE_DELEGATE";
        }
    }

    /** RMI_GRANULE_UNDELEGATE (0x2). That EL3 fails, at which the RMM panics, is left out. */
    record Undelegate(Frame addr) implements GranuleCommand {
        @Override
        public RmiStatus perform(State state, Cca cca) {
            if (!cca.granules().is(state, addr.index(), GranuleState.DELEGATED)
                    && cca.checks(CcaGuard.UNDELEGATE_GRANULE_IS_DELEGATED)) {
                return RmiStatus.RMI_ERROR_INPUT;
            }
            cca.undelegate(state, addr.index());
            return RmiStatus.RMI_SUCCESS;
        }

        @Override
        public String mnemonic() {
            return "RMI_GRANULE_UNDELEGATE";
        }
    }
}
