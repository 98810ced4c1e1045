package org.ringfence.machine.sev.firmware;

import org.ringfence.machine.state.State;

/** Which frames the firmware may write on behalf of a command that knows no RMP. */
public interface FirmwarePages {

    /** Whether {@code frame} may be written: it is Firmware or Default, or SNP is not initialised. */
    boolean isFirmwareWritable(State state, int frame);
}
