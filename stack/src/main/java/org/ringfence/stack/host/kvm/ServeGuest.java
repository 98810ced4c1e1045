package org.ringfence.stack.host.kvm;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.sev.AnswerVmgexit;
import org.ringfence.machine.sev.AwaitExit;
import org.ringfence.machine.sev.VcpuExit;
import org.ringfence.machine.sev.Vmrun;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.rmp.LookUpPage;
import org.ringfence.machine.snp.rmp.LookUpPage.Backing;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * Serves the exits of the guest's vCPUs for ever, one after the other. It ends where KVM gives the VM up: where it has
 * no memory for a fault.
 *
 * @param vcpus actors 0 to {@code vcpus - 1} are the guest's
 * @param memory whether the host has memory for what it is asked
 */
public record ServeGuest(int vcpus, Hosting hosting, FreeMemory memory) implements Routine<Done> {

    /** Whether a host finds memory for what it is asked. */
    public enum FreeMemory {
        @Meaning("Always.")
        ENOUGH,
        @Meaning("Until some page state change, which may be any, and from then on never.")
        MAY_RUN_OUT,
        @Meaning("Never: it answers page state changes with an error, and gives the VM up at a fault.")
        NONE
    }

    /** A host with enough memory. */
    public ServeGuest(int vcpus, Hosting hosting) {
        this(vcpus, hosting, FreeMemory.ENOUGH);
    }

    @Override
    public Done run(Cpu cpu) {
        VcpuExit exit = cpu.ask(new AwaitExit(vcpus, hosting.geometry(), hosting.buffers()));
        return switch (memory) {
            case ENOUGH -> serve(cpu, exit);
            case MAY_RUN_OUT -> isChange(exit) && cpu.choose(2) == 1
                    ? cpu.again(new ServeGuest(vcpus, hosting, FreeMemory.NONE))
                    : serve(cpu, exit);
            case NONE -> refuse(cpu, exit);
        };
    }

    private Done serve(Cpu cpu, VcpuExit exit) {
        boolean goesOn = cpu.call(new ServeExit(exit, vcpus, hosting));
        return goesOn ? cpu.again(this) : Done.DONE;
    }

    private Done refuse(Cpu cpu, VcpuExit exit) {
        if (!isChange(exit)) {
            return Done.DONE;
        }
        cpu.ask(new AnswerVmgexit(exit.vcpu(), PageStateChange.ERROR));
        return cpu.again(this);
    }

    private static boolean isChange(VcpuExit exit) {
        return switch (exit.reason()) {
            case PSC_PRIVATE_4K, PSC_PRIVATE_2M, PSC_SHARED_4K, PSC_SHARED_2M, PSC_BUFFER -> true;
            case NONE, NPF_NOT_PRESENT_PRIVATE, NPF_NOT_PRESENT_SHARED, NPF_RMP_PRIVATE, NPF_SIZE_MISMATCH,
                    NPF_RMP_SHARED, NPF_VMPL ->
                false;
        };
    }

    /**
     * Serves one exit and resumes the vCPU. Answers whether the VM lives on. Where there are several vCPUs, another one
     * may have had the page mapped since this one left, so that the host looks again, as KVM does.
     */
    record ServeExit(VcpuExit exit, int vcpus, Hosting hosting) implements Routine<Boolean> {
        @Override
        public Boolean run(Cpu cpu) {
            long gpa = exit.gpa();
            return switch (exit.reason()) {
                case NONE -> throw new IllegalStateException(exit + " tells no reason");
                case NPF_NOT_PRESENT_PRIVATE -> resume(cpu, isStillUnmapped(cpu)
                        ? new BackPrivate(gpa, hosting.largest(), hosting)
                        : ServeFault.of(gpa, exit.reason(), hosting));
                case NPF_NOT_PRESENT_SHARED -> resume(cpu, isStillUnmapped(cpu)
                        ? new BackShared(gpa, hosting)
                        : new MakeShared(gpa, hosting));
                case NPF_RMP_PRIVATE, NPF_SIZE_MISMATCH, NPF_VMPL ->
                    resume(cpu, ServeFault.of(gpa, exit.reason(), hosting));
                case NPF_RMP_SHARED -> resume(cpu, new MakeShared(gpa, hosting));
                case PSC_PRIVATE_4K -> answer(cpu, new MakePrivate(gpa, hosting));
                case PSC_PRIVATE_2M -> answer(cpu, new MakeLargePrivate(gpa, hosting));
                case PSC_SHARED_4K -> answer(cpu, new MakeShared(gpa, hosting));
                case PSC_SHARED_2M -> answer(cpu, new MakeLargeShared(gpa, hosting));
                case PSC_BUFFER -> answer(cpu, new ServeBuffer(exit.vcpu(), hosting));
            };
        }

        private boolean isStillUnmapped(Cpu cpu) {
            return vcpus == 1 || cpu.ask(new LookUpPage(exit.gpa())) == Backing.UNMAPPED;
        }

        private boolean resume(Cpu cpu, Routine<Boolean> service) {
            boolean served = cpu.call(service);
            if (served) {
                cpu.ask(new Vmrun(exit.vcpu()));
            }
            return served;
        }

        private boolean answer(Cpu cpu, Routine<Boolean> service) {
            int code = cpu.call(service) ? PageStateChange.OK : PageStateChange.ERROR;
            cpu.ask(new AnswerVmgexit(exit.vcpu(), code));
            return true;
        }
    }
}
