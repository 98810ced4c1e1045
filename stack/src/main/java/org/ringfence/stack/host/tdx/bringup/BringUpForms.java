package org.ringfence.stack.host.tdx.bringup;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.stack.host.tdx.CpuDown;

/**
 * What a host's kernel does to bring a module up, as text; leaves follow the way in which a processor is made to call
 * them.
 */
public final class BringUpForms {
    private BringUpForms() {}

    /** All of them. */
    public static List<Form> all() {
        return List.of(
                Form.told("wait for completion", AwaitState.class, Principal.HOST),
                Form.told("cpu bug", HasErratum.class, Principal.HOST),
                Form.told("cpu online", IsOnline.class, Principal.HOST),
                Form.told("cpu down", CpuDown.class, Principal.HOST),
                Form.told("take online", TakeOnline.class, Principal.HOST),
                Form.told("host load", ReadBackPage.class, Principal.HOST),
                Form.told("host store", UsePage.class, Principal.HOST),
                Form.told("MOVDIR64B", ResetMemory.class, Principal.HOST),
                Form.told("IPI", OnCpu.class, Principal.HOST),
                Form.told("SEAMCALL", Seamcall.class, Principal.HOST),
                Form.told("failing", FailedCall.class, Principal.HOST),
                Form.told("SEAMCALL goes on", CallGoesOn.class, Principal.HOST, Principal.HARDWARE));
    }
}
