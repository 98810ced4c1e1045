package org.ringfence.machine.pkvm;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.adversary.MemoryAdversary;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.NumberedFamily;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;

/** What a host may draw from: every hypercall with every operand, and whatever its stage 2 lets it reach. */
public final class PkvmAdversary {
    private PkvmAdversary() {}

    /** A host that does what it likes; guests are the actors 0 to {@code vcpus - 1}. */
    public static List<Family> maliciousHost(Machine machine, int vcpus) {
        List<Operation<?>> calls = new ArrayList<>();
        Pkvm pkvm = machine.part(Pkvm.class);
        List<Frame> frames = IntStream.range(0, pkvm.geometry().frames()).mapToObj(Frame::new).toList();
        for (Frame frame : frames) {
            calls.add(new HostCall.ShareHyp(frame));
            calls.add(new HostCall.UnshareHyp(frame));
            calls.add(new HostCall.DonateHyp(frame));
            calls.add(new HostCall.DonateHost(frame));
            calls.add(new HostCall.ForceReclaim(frame));
        }
        for (int page = 0; page < pkvm.geometry().pages(); page++) {
            long gpa = pkvm.geometry().gpa(page);
            frames.forEach(frame -> calls.add(new HostCall.DonateGuest(frame, gpa)));
            frames.forEach(frame -> calls.add(new HostCall.ShareGuest(frame, gpa)));
            calls.add(new HostCall.UnshareGuest(gpa, false));
            calls.add(new HostCall.ReclaimDying(gpa));
        }
        calls.add(new HostCall.StartTeardown());
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            calls.add(new HostCall.VcpuRun(vcpu));
        }
        List<Family> families = new ArrayList<>(MemoryAdversary.maliciousHost(machine));
        families.add(NumberedFamily.trying(Principal.HOST, machine, calls));
        return List.copyOf(families);
    }
}
