package org.ringfence.stack.guest.uefi;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation;
import org.ringfence.stack.guest.uefi.event.EventOperation;
import org.ringfence.stack.guest.uefi.handover.Judge;
import org.ringfence.stack.guest.uefi.memory.BootOperation;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation;
import org.ringfence.stack.guest.uefi.memory.PoolOperation;

/** What firmware does to its events, its memory map, its DMA mappings and its state, as text. */
public final class UefiForms {
    private UefiForms() {}

    /** All of them. */
    public static List<Form> all() {
        return List.of(
                Form.told("RaiseTPL", EventOperation.RaiseTpl.class, Principal.GUEST),
                Form.told("current TPL", EventOperation.CurrentTpl.class, Principal.GUEST),
                Form.told("CreateEvent", EventOperation.CreateEvent.class, Principal.GUEST),
                Form.told("CloseEvent", EventOperation.CloseEvent.class, Principal.GUEST),
                Form.told("SignalEvent", EventOperation.Signal.class, Principal.GUEST),
                Form.told("count members", EventOperation.CountMembers.class, Principal.GUEST),
                Form.told("queue group", EventOperation.QueueGroup.class, Principal.GUEST),
                Form.told("count queued", EventOperation.CountQueued.class, Principal.GUEST),
                Form.told("dispatch", EventOperation.Dispatch.class, Principal.GUEST),
                Form.told("CheckEvent", EventOperation.Check.class, Principal.GUEST),
                Form.told("SetTimer", EventOperation.SetTimer.class, Principal.GUEST),
                Form.told("timer tick", EventOperation.Tick.class, Principal.GUEST),
                Form.told("take expired timer", EventOperation.TakeExpired.class, Principal.GUEST),
                Form.told("add memory", MemoryOperation.AddMemory.class, Principal.GUEST),
                Form.told("AllocatePages", MemoryOperation.AllocatePages.class, Principal.GUEST),
                Form.told("FreePages", MemoryOperation.FreePages.class, Principal.GUEST),
                Form.told("GetMemoryMap", MemoryOperation.GetMemoryMap.class, Principal.GUEST),
                Form.told("check map key", MemoryOperation.TerminateMemoryMap.class, Principal.GUEST),
                Form.told("find unaccepted", MemoryOperation.FindUnaccepted.class, Principal.GUEST),
                Form.told("boot state", BootOperation.IsSo.class, Principal.GUEST),
                Form.told("set boot state", BootOperation.Becomes.class, Principal.GUEST),
                Form.told("find free", MemoryOperation.FindFree.class, Principal.GUEST),
                Form.told("AllocatePool", PoolOperation.AllocatePool.class, Principal.GUEST),
                Form.told("add pool pages", PoolOperation.AddPoolPages.class, Principal.GUEST),
                Form.told("FreePool", PoolOperation.FreePool.class, Principal.GUEST),
                Form.told("set pool", IoMmuOperation.SetPool.class, Principal.GUEST),
                Form.told("read pool", IoMmuOperation.ReadPool.class, Principal.GUEST),
                Form.told("take slot", IoMmuOperation.TakeSlot.class, Principal.GUEST),
                Form.told("release slot", IoMmuOperation.ReleaseSlot.class, Principal.GUEST),
                Form.told("insert mapping", IoMmuOperation.Insert.class, Principal.GUEST),
                Form.told("enter info", IoMmuOperation.EnterInfo.class, Principal.GUEST),
                Form.told("read info", IoMmuOperation.ReadInfo.class, Principal.GUEST),
                Form.told("remove mapping", IoMmuOperation.Remove.class, Principal.GUEST),
                Form.told("newest mapping", IoMmuOperation.Newest.class, Principal.GUEST),
                Form.told("is mapping", IoMmuOperation.IsMapping.class, Principal.GUEST),
                Form.told("read mapping", IoMmuOperation.ReadPurpose.class, Principal.GUEST),
                Form.told("read mapped pages", IoMmuOperation.ReadPages.class, Principal.GUEST),
                Form.told("write header", IoMmuOperation.WriteHeader.class, Principal.GUEST),
                Form.told("read header", IoMmuOperation.ReadHeader.class, Principal.GUEST),
                Form.told("read buffer slot", IoMmuOperation.ReadBufferSlot.class, Principal.GUEST),
                Form.told("forget buffer", IoMmuOperation.ForgetBuffer.class, Principal.GUEST),
                Form.told("judge", Judge.class, Principal.GUEST));
    }
}
