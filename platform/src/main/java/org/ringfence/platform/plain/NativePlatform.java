package org.ringfence.platform.plain;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.ThreatModel;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.plain.Plain;
import org.ringfence.machine.plain.ReachFamily;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.stack.guest.svsm.GuestMap;
import org.ringfence.stack.guest.svsm.Window;

/** No confidential hardware: one guest, and a monitor in it that guards its memory by nested paging. */
public final class NativePlatform implements Platform {

    /**
     * Options of a guest and its machine.
     *
     * @param l2 whether there is an inner guest
     * @param staleUntilFlush whether the inner guest may use a translation that was taken away until the monitor flushes
     * @param guestMap whether the monitor tells its inner guest a memory map
     * @param smallSlots slots of 4K in the monitor's window for temporary mappings; 0 for no window
     * @param largeSlots slots of 2M
     * @param guard whether a temporary mapping leaves a slot free behind it
     */
    public record Options(
            boolean l2, boolean staleUntilFlush, boolean guestMap, int smallSlots, int largeSlots, boolean guard) {}

    /** A page has one frame for good. */
    private record OneFrameAPage() implements Invariant {
        @Override
        public Property property() {
            return Property.INJECTIVITY;
        }

        @Override
        public long judge(State state) {
            return Property.INJECTIVITY.exercised();
        }
    }

    @Override
    public String name() {
        return "native";
    }

    @Override
    public Record options() {
        return new Options(false, false, false, 0, 0, false);
    }

    @Override
    public Machine declare(Declaration declaration, Setting setting) {
        Options options = (Options) setting.options();
        Memory memory = Memory.declare(declaration, setting.geometry(), 0);
        List<Record> parts = new ArrayList<>(List.of(
                Cpus.declare(declaration, setting.cpus(), 1),
                memory,
                Plain.declare(declaration, memory, options.l2, options.staleUntilFlush),
                Ledger.declare(declaration, setting.geometry().pages())));
        if (options.guestMap) {
            parts.add(GuestMap.declare(declaration, setting.geometry().pages()));
        }
        if (options.smallSlots > 0) {
            parts.add(Window.declare(
                    declaration, setting.geometry(), options.smallSlots, options.largeSlots, options.guard));
        }
        return new Machine(parts);
    }

    @Override
    public void begin(State state, Machine machine, Setting setting) {
        machine.part(Plain.class).start(state);
    }

    @Override
    public List<Family> families(Machine machine, Setting setting, ThreatModel threat) {
        List<Family> families = new ArrayList<>();
        if (threat.malicious().contains(Principal.HOST)) {
            families.addAll(ReachFamily.maliciousHost(machine));
        }
        if (threat.retroactive().contains(Principal.HOST)) {
            families.addAll(ReachFamily.retroactiveHost(machine));
        }
        if (threat.malicious().contains(Principal.INNER_GUEST) && ((Options) setting.options()).l2) {
            families.addAll(ReachFamily.maliciousInnerGuest(machine));
        }
        return families;
    }

    @Override
    public List<Invariant> invariants(Machine machine, Setting setting) {
        return List.of(new OneFrameAPage());
    }
}
