package org.ringfence.platform.plain;

import java.util.List;
import java.util.Map;
import org.ringfence.checker.check.Platform;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.plain.Plain;
import org.ringfence.machine.plain.PlainForms;
import org.ringfence.machine.plain.ReachFamily;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.GuestForms;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.machine.vocabulary.Vocabulary;

/** No confidential hardware: one guest, and a monitor in it that guards its memory by nested paging. */
public final class NativePlatform implements Platform {

    /** Options of a guest and its machine. */
    public record Options(
            @Meaning("whether there is an inner guest") boolean l2,
            @Meaning("whether the inner guest may use a translation that was taken away until the monitor flushes") boolean staleUntilFlush) {}

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
        return new Options(false, false);
    }

    @Override
    public Map<String, String> retired() {
        return Map.of(
                "guest-map",
                "the map that a monitor shows its inner guest comes with the routines that use one, such as 'svsm-boot-from-map'",
                "small-slots", "'small-slots' is an option of the routine 'svsm-scrub'",
                "large-slots", "'large-slots' is an option of the routine 'svsm-scrub'",
                "guard", "'guard' is an option of the routine 'svsm-scrub'");
    }

    @Override
    public Machine declare(Declaration declaration, Setting setting) {
        Options options = (Options) setting.options();
        if (!options.l2 && setting.cast().count(Principal.INNER_GUEST) > 0) {
            throw new IllegalArgumentException(
                    "there is software of the l2 and no inner guest; native has one with l2: true");
        }
        Memory memory = Memory.declare(declaration, setting.geometry(), 0);
        return Machine.of(
                Cpus.declare(declaration, setting.cpus(), 1),
                memory,
                Plain.declare(declaration, memory, options.l2, options.staleUntilFlush),
                Ledger.declare(declaration, setting.geometry().pages()));
    }

    @Override
    public void begin(State state, Machine machine, Setting setting) {
        machine.part(Plain.class).start(state);
    }

    @Override
    public List<Adversary> adversaries(Record options) {
        boolean l2 = ((Options) options).l2;
        return List.of(
                Adversary.malicious(Principal.HOST, (machine, cast) -> ReachFamily.maliciousHost(machine)),
                Adversary.retroactive(Principal.HOST, (machine, cast) -> ReachFamily.retroactiveHost(machine)),
                Adversary.malicious(
                        Principal.INNER_GUEST,
                        (machine, cast) -> l2 ? ReachFamily.maliciousInnerGuest(machine) : List.of()));
    }

    @Override
    public List<Invariant> invariants(Machine machine, Setting setting) {
        return List.of(new OneFrameAPage());
    }

    @Override
    public Vocabulary vocabulary() {
        return new Vocabulary(GuestForms.all()).and(PlainForms.all());
    }
}
