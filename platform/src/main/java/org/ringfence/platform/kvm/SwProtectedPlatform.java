package org.ringfence.platform.kvm;

import java.util.List;
import org.ringfence.checker.check.Platform;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.machine.vocabulary.Vocabulary;
import org.ringfence.stack.host.kvm.fault.FaultForms;
import org.ringfence.stack.host.kvm.fault.MemoryAttributes;
import org.ringfence.stack.host.kvm.fault.PrivateVm;
import org.ringfence.stack.host.kvm.fault.SlotState;
import org.ringfence.stack.host.kvm.fault.TranslationsAreOfWhatIsThere;
import org.ringfence.stack.host.kvm.fault.TranslationsFollowAttributes;
import org.ringfence.stack.host.kvm.fault.VmmCall;
import org.ringfence.stack.host.kvm.hypercall.HypercallForms;
import org.ringfence.stack.host.kvm.hypercall.HypercallReturn;
import org.ringfence.stack.host.kvm.inplace.InPlaceForms;

/**
 * KVM_X86_SW_PROTECTED_VM: a VM whose memory KVM manages as a confidential one's, with guest_memfd and attributes, and
 * which no hardware protects.
 */
public final class SwProtectedPlatform implements Platform {

    /** Options of a software-protected VM. */
    public record Options(
            @Meaning("whether all pages have the private attribute at first") boolean beginsPrivate,
            @Meaning("whether the slot binds a guest_memfd") boolean guestMemfd) {}

    @Override
    public String name() {
        return "sw-protected";
    }

    @Override
    public Record options() {
        return new Options(true, true);
    }

    @Override
    public Machine declare(Declaration declaration, Setting setting) {
        PrivateVm vm = PrivateVm.declare(declaration, setting.geometry(), setting.cpus());
        return Machine.of(
                Cpus.declare(
                        declaration, setting.cpus(), HypercallReturn.ANYTHING.ordinal(), HypercallReturn.names()),
                vm,
                vm.attributes(),
                vm.invalidations());
    }

    @Override
    public void begin(State state, Machine machine, Setting setting) {
        MemoryAttributes attributes = machine.part(MemoryAttributes.class);
        if (!((Options) setting.options()).guestMemfd()) {
            machine.part(PrivateVm.class).slot().set(state, SlotState.PLAIN);
        }
        for (int page = 0; page < setting.geometry().pages(); page++) {
            attributes.set(state, page, ((Options) setting.options()).beginsPrivate());
        }
    }

    /** KVM takes the first frame that is free. */
    @Override
    public boolean hasInterchangeableFrames() {
        return false;
    }

    @Override
    public List<Adversary> adversaries(Record options) {
        return List.of(VmmCall.malicious());
    }

    @Override
    public List<Invariant> invariants(Machine machine, Setting setting) {
        PrivateVm vm = machine.part(PrivateVm.class);
        return List.of(new TranslationsAreOfWhatIsThere(vm), new TranslationsFollowAttributes(vm));
    }

    @Override
    public Vocabulary vocabulary() {
        return new Vocabulary(FaultForms.vm()).and(InPlaceForms.all()).and(HypercallForms.all());
    }
}
