package org.ringfence.stack.guest.svsm;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.stack.guest.svsm.window.WindowOperation;

/** What a monitor and its inner guest share, as text: calls, requests to flush, the memory map, the window. */
public final class SvsmForms {
    private SvsmForms() {}

    /** All of them. */
    public static List<Form> all() {
        return List.of(
                Form.told("SVSM call", CallOperation.PostCall.class, Principal.INNER_GUEST),
                Form.told("await answer", CallOperation.AwaitAnswer.class, Principal.INNER_GUEST),
                Form.told("write SVSM list", CallOperation.WriteList.class, Principal.INNER_GUEST),
                Form.told("await call", CallOperation.AwaitCall.class, Principal.GUEST),
                Form.told("read call", CallOperation.ReadCall.class, Principal.GUEST),
                Form.told("read SVSM list", CallOperation.ReadWord.class, Principal.GUEST),
                Form.told("write SVSM header", CallOperation.WriteHeader.class, Principal.GUEST),
                Form.told("SVSM answer", CallOperation.AnswerCall.class, Principal.GUEST),
                Form.told("lock calls", CallLock.Lock.class, Principal.GUEST),
                Form.told("unlock calls", CallLock.Unlock.class, Principal.GUEST),
                Form.told("look up use", RegistryOperation.LookUpUse.class, Principal.GUEST),
                Form.told("register", RegistryOperation.Register.class, Principal.GUEST),
                Form.told("set VMSA used", RegistryOperation.SetUsed.class, Principal.GUEST),
                Form.told("unregister", RegistryOperation.Unregister.class, Principal.GUEST),
                Form.told("remap calling area", RegistryOperation.Remap.class, Principal.GUEST),
                Form.told("clear calling area", RegistryOperation.ClearArea.class, Principal.GUEST),
                Form.told("write VMSA", RegistryOperation.WriteVmsa.class, Principal.GUEST, Principal.INNER_GUEST),
                Form.told("check VMSA", RegistryOperation.CheckVmsa.class, Principal.GUEST),
                Form.told("disable VMSA", RegistryOperation.DisableVmsa.class, Principal.GUEST),
                Form.told("request flush", FlushRequests.RequestFlush.class, Principal.GUEST),
                Form.told("await flushed", FlushRequests.AwaitFlushed.class, Principal.GUEST),
                Form.told("await flush request", FlushRequests.AwaitRequest.class, Principal.GUEST),
                Form.told("flushed", FlushRequests.Flushed.class, Principal.GUEST),
                Form.told("memory map", GuestMap.PublishMap.class, Principal.GUEST),
                Form.told("await map", GuestMap.AwaitMap.class, Principal.GUEST, Principal.INNER_GUEST),
                Form.told("read map", GuestMap.IsMemory.class, Principal.GUEST, Principal.INNER_GUEST),
                Form.told("map", WindowOperation.MapPages.class, Principal.GUEST),
                Form.told("unmap", WindowOperation.UnmapPages.class, Principal.GUEST),
                Form.told("walk", WindowOperation.Translate.class, Principal.GUEST),
                Form.told("zero mapped", WindowOperation.ZeroMapped.class, Principal.GUEST));
    }
}
