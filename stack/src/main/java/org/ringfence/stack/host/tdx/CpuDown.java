package org.ringfence.stack.host.tdx;

import org.ringfence.machine.memory.Topology;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.KeyIdState;
import org.ringfence.machine.tdx.module.SystemState;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * The host takes a logical processor offline: cpu_down(). Source: Linux, arch/x86/virt/vmx/tdx/tdx.c (tdx_enable holds
 * cpus_read_lock()), arch/x86/kvm/vmx/tdx.c (tdx_offline_cpu).
 *
 * @param cpu the logical processor
 * @param when what it waits for
 */
public record CpuDown(int cpu, When when) implements Action {

    /** When a processor may go. */
    public enum When {
        @Meaning("At any time.")
        ANY_TIME,
        @Meaning("Not during the bring-up, which keeps processors where they are.")
        AFTER_BRING_UP,
        @Meaning("After the bring-up, and while no TD has a KeyID: Linux, for the last processor of a package.")
        NO_KEY_ID_IN_USE
    }

    /** A routine that does so once. */
    public record OfCase(
            @Meaning("the logical processor") int cpu,
            @Meaning("what it waits for") When when) implements Routine<Done> {
        /** CPU 1, at any time. */
        public static OfCase standard() {
            return new OfCase(1, When.ANY_TIME);
        }

        @Override
        public Done run(org.ringfence.machine.operation.Cpu on) {
            return on.ask(new CpuDown(cpu, when));
        }
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Topology topology = machine.part(Topology.class);
        TdxModule module = machine.part(TdxModule.class);
        topology.require(cpu);
        return state -> {
            if (!isPermitted(state, module)) {
                return Outcome.WAITS;
            }
            topology.setOnline(state, cpu, false);
            return Done.DONE.ordinal();
        };
    }

    private boolean isPermitted(State state, TdxModule module) {
        boolean isUp = module.system().get(state) == SystemState.SYS_READY;
        return switch (when) {
            case ANY_TIME -> true;
            case AFTER_BRING_UP -> isUp;
            case NO_KEY_ID_IN_USE -> isUp && !isAnyInUse(state, module);
        };
    }

    private static boolean isAnyInUse(State state, TdxModule module) {
        for (int keyId = module.options().firstPrivate(); keyId <= module.options().lastPrivate(); keyId++) {
            KeyIdState found = module.keys().of(state, keyId);
            if (found == KeyIdState.HKID_ASSIGNED || found == KeyIdState.HKID_FLUSHED) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String mnemonic() {
        return "cpu down";
    }
}
