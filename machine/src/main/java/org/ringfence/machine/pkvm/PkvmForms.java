package org.ringfence.machine.pkvm;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.LineInstruction;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.OnLine;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Range;

/** The operations on a machine under pKVM as text, and where random runs draw their arguments from. */
public final class PkvmForms {
    private static final int OFTEN = 8;

    private PkvmForms() {}

    /** All of them. */
    public static List<Form> all() {
        List<Form> all = new ArrayList<>(ofHost());
        all.addAll(ofGuest());
        all.add(Form.told("page is free", PageIsFree.class, Principal.HOST));
        all.add(Form.told("await vCPU exit", AwaitVcpuExit.class, Principal.HOST));
        return List.copyOf(all);
    }

    private static List<Form> ofHost() {
        Range frames = Range.frames();
        Range pages = Range.pages();
        return List.of(
                host("__pkvm_host_share_hyp", HostCall.ShareHyp.class, frames).times(2),
                host("__pkvm_host_unshare_hyp", HostCall.UnshareHyp.class, frames).times(2),
                host("hyp_pin_shared_mem", HostCall.Pin.class, frames).times(2),
                host("hyp_unpin_shared_mem", HostCall.Unpin.class, frames),
                host("__pkvm_host_donate_hyp", HostCall.DonateHyp.class, frames).times(2),
                host("__pkvm_hyp_donate_host", HostCall.DonateHost.class, frames),
                host("__pkvm_host_share_guest", HostCall.ShareGuest.class, frames, pages).times(4),
                host("__pkvm_host_unshare_guest", HostCall.UnshareGuest.class, pages, Range.either()).times(4),
                host("__pkvm_host_donate_guest", HostCall.DonateGuest.class, frames, pages).times(OFTEN),
                host("__pkvm_host_force_reclaim_page_guest", HostCall.ForceReclaim.class, frames).times(2),
                host("__pkvm_start_teardown_vm", HostCall.StartTeardown.class),
                host("__pkvm_reclaim_dying_guest_page", HostCall.ReclaimDying.class, pages).times(2),
                host("__pkvm_host_wrprotect_guest", HostCall.WrprotectGuest.class, pages, Range.either()),
                host("__kvm_vcpu_run", HostCall.VcpuRun.class,
                        machine -> IntStream.range(0, machine.part(Pkvm.class).cpus().actors() - 1).boxed().toList())
                        .times(4 * OFTEN),
                host("access to a line", OnLine.class,
                        Range.of(LineInstruction.LOAD, LineInstruction.STORE),
                        frames, Range.of(0), Range.of(0), Range.of(Value.HOST), Range.of(0))
                        .namedBy("instruction")
                        .knownTo(Principal.VMM)
                        .knownTo(Principal.DEVICE)
                        .times(OFTEN));
    }

    private static List<Form> ofGuest() {
        return List.of(
                guest("hypercall", GuestCall.class, Range.every(GuestCall.Call.class),
                        Range.pages().or(Range.of(0x800L)))
                        .namedBy("call")
                        .times(2 * OFTEN),
                guest("note", Note.class, Range.every(Note.Kind.class), Range.pages()).times(2 * OFTEN),
                guest("load", Load.class, Range.pages(), Range.every(Mapping.class)).times(2 * OFTEN),
                guest("store", Store.class, Range.pages(), Range.every(Mapping.class),
                        Range.of(Value.ZERO, Value.HOST, Value.DATA, Value.NEWER))
                        .times(4 * OFTEN));
    }

    private static <O extends Record & Operation<?>> Form host(String name, Class<O> type, Range... ranges) {
        return Form.of(name, Principal.HOST, type, ranges);
    }

    private static <O extends Record & Operation<?>> Form guest(String name, Class<O> type, Range... ranges) {
        return Form.of(name, Principal.GUEST, type, ranges);
    }
}
