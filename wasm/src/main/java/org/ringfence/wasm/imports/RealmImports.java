package org.ringfence.wasm.imports;

import static org.ringfence.wasm.imports.Signature.Type.I32;

import java.util.List;
import org.ringfence.machine.cca.rsi.IpaStateGet;
import org.ringfence.machine.cca.rsi.IpaStateSet;
import org.ringfence.machine.cca.rsi.PsciSystemOff;
import org.ringfence.machine.cca.rtt.Ripas;

/** SMC as the code of a realm of Arm CCA makes it: RSI, and PSCI. Source: RMM specification 1.0; TF-RMM, smc-rsi.h. */
public final class RealmImports {
    /** RSI_IPA_STATE_SET. */
    static final long IPA_STATE_SET = 0xC400_0197L;

    private static final long IPA_STATE_GET = 0xC400_0198L;
    private static final long SYSTEM_OFF = 0x8400_0008L;

    /** The library. */
    public static final Library LIBRARY = new Library(
            "cca",
            "SMC by registers: RSI and PSCI",
            List.of(new Import(
                    "smc",
                    Signature.of(I32),
                    "RSI_IPA_STATE_SET, RSI_IPA_STATE_GET and PSCI_SYSTEM_OFF, by X0",
                    RealmImports::smc)));

    private RealmImports() {}

    private static Reply smc(ImportCall call) {
        SmcRegisters in = SmcRegisters.of(call);
        long function = in.x(0);
        if (function == IPA_STATE_SET) {
            int ripas = (int) Math.min(Integer.toUnsignedLong((int) in.x(3)), Ripas.values().length);
            IpaStateSet.Changed changed = call.ask(
                    new IpaStateSet(in.x(1), in.x(2), ripas, (in.x(4) & 1) != 0, call.geometry()));
            return in.returning(changed.x0().x0(), changed.x1(), changed.x2().number());
        }
        if (function == IPA_STATE_GET) {
            IpaStateGet.Told told = call.ask(new IpaStateGet(in.x(1), in.x(2), call.geometry()));
            return in.returning(told.x0().x0(), told.x1(), told.x2().number());
        }
        if (function == SYSTEM_OFF) {
            call.ask(new PsciSystemOff());
            return Reply.NOTHING;
        }
        throw call.refused("makes an SMC with X0=0x%X, which is no function that is mapped".formatted(function));
    }
}
